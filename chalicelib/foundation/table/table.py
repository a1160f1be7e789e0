"""Reads and conditional writes of the one table."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.expressions.update import Update as UpdateExpression

from chalicelib.foundation.aws import Aws, AwsError
from chalicelib.foundation.errors import ConflictError, UnavailableError
from chalicelib.foundation.table.keys import Key
from chalicelib.foundation.table.record import Image, Record, class_of

R = TypeVar("R", bound=Record)
Index = Literal["gsi1", "gsi2", "due"]
BATCH_WRITE = 25
BATCH_READ = 100
TRANSACTION = 100


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """Some records of a query in order, and where the next page starts (the raw last key) if there is one."""

    items: list[R]
    next: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Put:
    """Write the whole record, whatever is there, if the condition holds."""

    record: Record
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Create:
    """Write a record whose key must be free."""

    record: Record


@dataclass(frozen=True, slots=True)
class Replace:
    """Write a record over the version it was read at; its ``version`` goes up by one."""

    record: Record


@dataclass(frozen=True, slots=True)
class Restore:
    """Write a raw item as it was once read, byte for byte (its version and times, too), if the condition holds."""

    image: Image
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """Change some attributes of an item that must exist (of ``kind``, when given) if the condition holds; ``version`` goes up by one."""

    key: Key
    actions: Sequence[Action]
    condition: Condition | None = None
    upsert: bool = False  # for counters only: the item may be missing, and has no version
    returns: bool = False  # after the write, give back the whole item


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete an item if the condition holds; without a condition a missing item is fine."""

    key: Key
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """Only within a transaction: a condition on an item that is not written."""

    key: Key
    condition: Condition


Operation = Put | Create | Replace | Restore | Update | Delete | Check


@dataclass(slots=True)
class Consumed:
    """Capacity units spent since the last reset, by operation; kept only when asked for (contract tests, ``make bench``)."""

    enabled: bool = False
    reads: float = 0.0
    writes: float = 0.0
    by_index: dict[str, float] = field(default_factory=dict)

    def reset(self) -> None:
        """Count from zero, from now on."""
        self.enabled, self.reads, self.writes, self.by_index = True, 0.0, 0.0, {}

    def add(self, answer: Mapping[str, Any], *, write: bool) -> None:
        """Take in one answer's ConsumedCapacity, which is one entry or a list of them."""
        entries = answer.get("ConsumedCapacity") or []
        for entry in entries if isinstance(entries, list) else [entries]:
            units = entry.get("CapacityUnits", 0.0)
            if write:
                self.writes += units
            else:
                self.reads += units
            parts = {"table": entry.get("Table", {}), **entry.get("GlobalSecondaryIndexes", {})}
            for name, part in parts.items():
                self.by_index[name] = self.by_index.get(name, 0.0) + part.get("CapacityUnits", 0.0)


class TransactionConflictError(ConflictError):
    """A transaction was not carried out. ``failed`` holds the positions of the operations whose condition did not hold,
    ``images`` what stood there (None where nothing did).
    """

    def __init__(self, failed: Sequence[int], images: Sequence[Image | None]):
        self.failed = tuple(failed)
        self.images = tuple(images)
        super().__init__("Something this change relies on has changed meanwhile.")


class Table:
    """The table of one stage. One instance serves a function's whole life; it keeps no state but the connection."""

    def __init__(self, aws: Aws, name: str):
        self._aws = aws
        self._name = name
        self.consumed = Consumed()

    @property
    def name(self) -> str:
        """The table's name, for requests written by hand."""
        return self._name

    # Reads

    def get(self, record: type[R], key: Key, *, consistent: bool = False) -> R | None:
        """The record at this key, or None. An item of another kind counts as none."""
        answer = self._call("GetItem", {"Key": key.image(), "ConsistentRead": consistent}, write=False)
        image = answer.get("Item")
        return _as(record, image) if image else None

    def get_many(self, record: type[R], keys: Iterable[Key], *, consistent: bool = False) -> dict[Key, R]:
        """The records that exist at these keys (any number; duplicates are read once)."""
        found: dict[Key, R] = {}
        waiting = list(dict.fromkeys(keys))
        while waiting:
            now, waiting = waiting[:BATCH_READ], waiting[BATCH_READ:]
            request: dict[str, Any] = {"Keys": [key.image() for key in now], "ConsistentRead": consistent}
            answer = self._raw("BatchGetItem", {"RequestItems": {self._name: request}}, write=False)
            for image in answer["Responses"].get(self._name, []):
                item = _as(record, image)
                if item is not None:
                    found[item.key] = item
            left = answer.get("UnprocessedKeys", {}).get(self._name, {}).get("Keys", [])
            waiting += [Key(raw["pk"]["S"], raw["sk"]["S"]) for raw in left]
        return found

    def query(
        self,
        record: type[R],
        pk: str,
        *,
        index: Index | None = None,
        begins_with: str = "",
        after: str = "",
        before: str = "",
        between: tuple[str, str] | None = None,
        newest_first: bool = False,
        limit: int | None = None,
        start: dict[str, Any] | None = None,
        consistent: bool = False,
    ) -> Page[R]:
        """Records of one partition (of the table or an index) in the order of the sort key.

        At most one of ``begins_with``, ``after`` (exclusive), ``before`` (exclusive) and ``between`` (inclusive) narrows the
        sort key. ``limit`` counts the records returned. ``start`` goes on from a former page's ``next``. Items of other
        kinds in the range are skipped. Without a limit one page of at most 1 MB is returned.
        """
        hash_name, sort_name = ("pk", "sk") if index is None else (f"{index}pk", f"{index}sk")
        names, values = {"#p": hash_name}, {":p": {"S": pk}}
        condition = "#p = :p"
        if begins_with or after or before or between:
            names["#s"] = sort_name
        if begins_with:
            condition, values = condition + " AND begins_with(#s, :s)", values | {":s": {"S": begins_with}}
        elif between:
            condition += " AND #s BETWEEN :a AND :b"
            values |= {":a": {"S": between[0]}, ":b": {"S": between[1]}}
        elif after:
            condition, values = condition + " AND #s > :s", values | {":s": {"S": after}}
        elif before:
            condition, values = condition + " AND #s < :s", values | {":s": {"S": before}}
        request: dict[str, Any] = {
            "KeyConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
            "ScanIndexForward": not newest_first,
        }
        if index is not None:
            request["IndexName"] = index
        if consistent:
            request["ConsistentRead"] = True
        items: list[R] = []
        while True:
            if start is not None:
                request["ExclusiveStartKey"] = start
            if limit is not None:
                request["Limit"] = limit - len(items)
            answer = self._call("Query", request, write=False)
            for image in answer["Items"]:
                item = _as(record, image)
                if item is not None:
                    items.append(item)
            start = answer.get("LastEvaluatedKey")
            if start is None or limit is None or len(items) >= limit:
                return Page(items, start)

    def query_all(self, record: type[R], pk: str, **conditions: Any) -> Iterator[R]:
        """Every record of a range, page by page. Only for ranges that are bounded by design."""
        start: dict[str, Any] | None = None
        while True:
            page = self.query(record, pk, start=start, **conditions)
            yield from page.items
            start = page.next
            if start is None:
                return

    def count(self, pk: str, *, begins_with: str = "") -> int:
        """How many items a range has. Costs the read of the range."""
        names, values, condition = {"#p": "pk"}, {":p": {"S": pk}}, "#p = :p"
        if begins_with:
            names["#s"], values[":s"] = "sk", {"S": begins_with}
            condition += " AND begins_with(#s, :s)"
        request: dict[str, Any] = {
            "KeyConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
            "Select": "COUNT",
        }
        total = 0
        while True:
            answer = self._call("Query", request, write=False)
            total += int(answer["Count"])
            if "LastEvaluatedKey" not in answer:
                return total
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def image(self, key: Key) -> Image | None:
        """The raw item at this key as it certainly is, or None; for `Restore`."""
        found: Image | None = self._call("GetItem", {"Key": key.image(), "ConsistentRead": True}, write=False).get(
            "Item"
        )
        return found

    def keys(self, pk: str, *, begins_with: str = "") -> Iterator[Key]:
        """The keys of all items of a partition, of whatever kind, known to this function or not. Costs the read of the items."""
        names, values, condition = {"#p": "pk"}, {":p": {"S": pk}}, "#p = :p"
        if begins_with:
            names["#s"], values[":s"] = "sk", {"S": begins_with}
            condition += " AND begins_with(#s, :s)"
        request: dict[str, Any] = {
            "KeyConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
            "ProjectionExpression": "pk, sk",
            "ConsistentRead": True,
        }
        while True:
            answer = self._call("Query", request, write=False)
            yield from [Key(item["pk"]["S"], item["sk"]["S"]) for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    # Writes

    def create(self, record: Record) -> None:
        """Write a record whose key must be free; `ConflictError` with the present record when it is not."""
        self.write(Create(record))

    def replace(self, record: Record) -> None:
        """Write a record over the version it was read at; `ConflictError` with the present record when it has moved on."""
        self.write(Replace(record))

    def put(self, record: Record, *, condition: Condition | None = None) -> None:
        """Write a record, if the condition holds."""
        self.write(Put(record, condition))

    def update(
        self,
        record: type[R],
        key: Key,
        actions: Sequence[Action],
        *,
        condition: Condition | None = None,
        upsert: bool = False,
    ) -> R:
        """Change some attributes and return the record as it is then; `ConflictError` when the condition does not hold."""
        image = self.write(Update(key, actions, condition, upsert, returns=True))
        changed = _as(record, image or {})
        if changed is None:
            raise ConflictError("The item at this key is of another kind.")
        return changed

    def delete(self, key: Key, *, condition: Condition | None = None) -> None:
        """Delete an item, if the condition holds."""
        self.write(Delete(key, condition))

    def write(self, operation: Operation) -> Image | None:
        """Carry out one operation; the item's new image for an `Update` that asks for it. `ConflictError` otherwise."""
        name, request = self._request(operation)
        if name == "ConditionCheck":
            raise TypeError("a check stands only within a transaction")
        if isinstance(operation, Update) and operation.returns:
            request["ReturnValues"] = "ALL_NEW"
        try:
            answer = self._call(f"{name}Item" if name != "Put" else "PutItem", request, write=True)
        except AwsError as error:
            if error.code != "ConditionalCheckFailedException":
                raise
            image = error.body.get("Item")
            raise ConflictError(current=_any(image)) from error
        _written(operation)
        return answer.get("Attributes")

    def transact(self, operations: Sequence[Operation], *, token: str = "") -> None:
        """Carry out all or none (at most 100, no item twice); `TransactionConflictError` when a condition does not hold.

        ``token`` (at most 36 characters) makes a repeated call within ten minutes count once. Collisions with another
        transaction on the same item are tried again a few times, then end as a conflict with no failed position.
        """
        if not 1 <= len(operations) <= TRANSACTION:
            raise ValueError(f"a transaction has 1 to {TRANSACTION} operations")
        if len(operations) == 1 and not token and not isinstance(operations[0], Check):
            self._alone(operations[0])  # the same by half of the units
            return
        body: dict[str, Any] = {"TransactItems": [self.item_of(operation) for operation in operations]}
        if token:
            body["ClientRequestToken"] = token
        self._transact(body)
        for operation in operations:
            _written(operation)

    def item_of(self, operation: Operation) -> dict[str, Any]:
        """The operation as `transact_raw` takes it."""
        name, request = self._request(operation)
        return {name: {"TableName": self._name, **request}}

    def transact_raw(self, items: Sequence[dict[str, Any]]) -> None:
        """`transact` with its items written by hand; each names its table (`name`) itself."""
        self._transact({"TransactItems": list(items)})

    def _transact(self, body: dict[str, Any]) -> None:
        for attempt in range(6):
            try:
                self._raw("TransactWriteItems", body, write=True)
            except AwsError as error:
                if error.code != "TransactionCanceledException":
                    raise
                reasons = error.body.get("CancellationReasons") or []
                failed = [i for i, reason in enumerate(reasons) if reason.get("Code") == "ConditionalCheckFailed"]
                if not failed and attempt < 5 and _passing(reasons):
                    time.sleep(0.02 * 2**attempt)
                    continue
                if not failed and not _passing(reasons):
                    raise
                raise TransactionConflictError(failed, [reason.get("Item") for reason in reasons]) from error
            else:
                return

    def _alone(self, operation: Operation) -> None:
        try:
            self.write(operation)
        except ConflictError as conflict:
            image = conflict.current.image() if conflict.current is not None else None
            raise TransactionConflictError([0], [image]) from conflict

    def write_many(self, records: Iterable[Record], *, deletes: Iterable[Key] = ()) -> None:
        """Write and delete without conditions, 25 at a time, until DynamoDB has taken them all.

        Only for derived rows that may be overwritten with the same content.
        """
        requests: list[dict[str, Any]] = [{"PutRequest": {"Item": record.image()}} for record in records]
        requests += [{"DeleteRequest": {"Key": key.image()}} for key in deletes]
        pause = 0.05
        while requests:
            now, requests = requests[:BATCH_WRITE], requests[BATCH_WRITE:]
            answer = self._raw("BatchWriteItem", {"RequestItems": {self._name: now}}, write=True)
            left = answer.get("UnprocessedItems", {}).get(self._name, [])
            if left:
                if pause > 5:
                    raise UnavailableError("DynamoDB keeps putting writes off")
                time.sleep(pause)
                pause *= 2
            requests = left + requests

    def execute(self, statements: Sequence[dict[str, Any]]) -> list[bool]:
        """Carry out conditional updates in PartiQL (at most 25, no item twice), each by itself: whether each was certainly made.

        False is no answer to why: its condition did not hold, DynamoDB was too busy for it, or it was made when the answer to our
        first try got lost.
        """
        answer = self._raw("BatchExecuteStatement", {"Statements": list(statements)}, write=True)
        return ["Error" not in each for each in answer["Responses"]]

    # Requests

    def raw(self, operation: str, request: dict[str, Any], *, write: bool) -> dict[str, Any]:
        """One DynamoDB operation on this table with a request written by hand, for paths where building expressions would cost
        more than sending them (the campaign ledger). What DynamoDB refuses is `AwsError`.
        """
        return self._call(operation, request, write=write)

    def _request(self, operation: Operation) -> tuple[str, dict[str, Any]]:
        names: dict[str, str] = {}
        values: dict[str, Any] = {}
        request: dict[str, Any]
        condition: str | None = None
        match operation:
            case Put(_, given) | Restore(_, given):
                name, request = "Put", {"Item": _content(operation)}
                condition = given.serialize(names, values) if given is not None else None
            case Create(record):
                _guard(record)
                name, request = "Put", {"Item": record.image()}
                condition = "attribute_not_exists(pk)"
            case Replace(record):
                _guard(record)
                image = record.image()
                image["version"] = {"N": str(int(record.version) + 1)}
                name, request = "Put", {"Item": image}
                names["#v"], values[":v"] = "version", {"N": str(int(record.version))}
                condition = "#v = :v"
            case Update(key, actions, given, upsert):
                name, request = "Update", {"Key": key.image()}
                expression = UpdateExpression(*actions)
                if not upsert:
                    expression.add_action(Record.version.add(1))
                request["UpdateExpression"] = expression.serialize(names, values)
                parts = [] if upsert else ["attribute_exists(pk)"]
                if given is not None:
                    parts.append(given.serialize(names, values))
                condition = " AND ".join(parts) or None
            case Delete(key, given):
                name, request = "Delete", {"Key": key.image()}
                condition = given.serialize(names, values) if given is not None else None
            case Check(key, given):
                name, request = "ConditionCheck", {"Key": key.image()}
                condition = given.serialize(names, values)
        if condition:
            request["ConditionExpression"] = condition
            request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        if names:
            # PynamoDB maps name → placeholder; DynamoDB wants placeholder → name.
            request["ExpressionAttributeNames"] = {
                (placeholder if placeholder.startswith("#") else name_): (
                    name_ if placeholder.startswith("#") else placeholder
                )
                for name_, placeholder in names.items()
            }
        if values:
            request["ExpressionAttributeValues"] = values
        return name, request

    def _call(self, operation: str, request: dict[str, Any], *, write: bool) -> dict[str, Any]:
        return self._raw(operation, {"TableName": self._name, **request}, write=write)

    def _raw(self, operation: str, request: dict[str, Any], *, write: bool) -> dict[str, Any]:
        if self.consumed.enabled:
            request = {**request, "ReturnConsumedCapacity": "INDEXES"}
        answer = self._aws.call("dynamodb", f"DynamoDB_20120810.{operation}", request)
        if self.consumed.enabled:
            self.consumed.add(answer, write=write)
        return answer


def _passing(reasons: Sequence[Mapping[str, Any]]) -> bool:
    codes = {reason.get("Code") for reason in reasons} - {"None", None}
    return codes <= {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}


def _guard(record: Record) -> None:
    if record.pk != f"W#{record.workspace_id}" and not record.pk.startswith(f"W#{record.workspace_id}#"):
        raise ValueError(f"a {type(record).__name__} lies outside of its workspace")


def _content(operation: Put | Restore) -> Image:
    if isinstance(operation, Put):
        _guard(operation.record)
        return operation.record.image()
    image = operation.image
    workspace_id, pk = image["workspace_id"]["S"], image["pk"]["S"]
    if pk != f"W#{workspace_id}" and not pk.startswith(f"W#{workspace_id}#"):
        raise ValueError("a raw item lies outside of its workspace")
    return image


def _written(operation: Operation) -> None:
    if isinstance(operation, Replace):
        operation.record.version = int(operation.record.version) + 1


def _as(record: type[R], image: Image) -> R | None:
    kind = image.get("kind", {}).get("S", "")
    known = class_of(kind)
    return record.from_image(image) if known is not None and issubclass(known, record) else None


def _any(image: Image | None) -> Record | None:
    return _as(Record, image) if image else None


def query_merged(
    pages: Sequence[Callable[[int], Page[R]]], *, limit: int, position: Callable[[R], str], newest_first: bool = True
) -> list[R]:
    """The first ``limit`` records over several shards of one collection, in the order of their position.

    Each element of ``pages`` reads up to so many records of one shard. A collection of one shard costs one query.
    """
    if len(pages) == 1:
        return pages[0](limit).items
    found = [record for read in pages for record in read(limit).items]
    found.sort(key=position, reverse=newest_first)
    return found[:limit]
