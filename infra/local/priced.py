"""What the table's operations cost in AWS, measured on DynamoDB Local.

DynamoDB Local reports the units of single reads and writes exactly, but not those of transactions (one item of ten bytes
is given as 4 units, five of them too). So this table carries a transaction out item by item, with the same conditions, and
counts as AWS does: twice the table's units for each item (one to prepare, one to commit), once the units of each index
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-capacity-handling).
"""

from collections.abc import Iterable, Sequence
from typing import Any

import boto3
import yaml

from chalicelib.foundation.aws import Aws, AwsError
from chalicelib.foundation.settings import from_environment
from chalicelib.foundation.table import Check, Delete, Key, Operation, Record, Table, Update
from infra.local.partiql import update_of
from infra.local.paths import ROOT


class PricedTable(Table):
    """A table that knows what was spent: ``reads`` and ``writes`` in capacity units since `reset`, and ``parts``, one line
    for each written item (``Create contact: 2 + 1``: the table's units, the indexes').
    """

    def __init__(self, table: Table):
        super().__init__(table._aws, table._name)
        self.writes = 0.0
        self.parts: list[str] = []
        self.reset()

    def reset(self) -> None:
        """Count from zero."""
        self.consumed.reset()
        self.writes, self.parts = 0.0, []

    @property
    def reads(self) -> float:
        """Read units since `reset`."""
        return self.consumed.reads

    def transact(self, operations: Sequence[Operation], *, token: str = "") -> None:
        """Carry out each operation by itself, and count it as a part of a transaction."""
        if len(operations) == 1 and not token:
            super().transact(operations)  # which writes it by itself
            return
        for operation in operations:
            if isinstance(operation, Check):
                self._count("Check", 2.0, 0.0)
            else:
                self._write(operation, factor=2)

    def write(self, operation: Operation) -> Any:
        """Carry out one operation and count it."""
        return self._write(operation, factor=1)

    def raw(self, operation: str, request: dict[str, Any], *, write: bool) -> dict[str, Any]:
        """Carry out one request written by hand and count it."""
        return self._raw_write(operation, request, factor=1) if write else super().raw(operation, request, write=False)

    def transact_raw(self, items: Sequence[dict[str, Any]]) -> None:
        """Carry out each action by itself, and count it as a part of a transaction."""
        for item in items:
            ((kind, request),) = item.items()
            if kind == "ConditionCheck":
                self._count("Check", 2.0, 0.0)
            else:
                own = {name: value for name, value in request.items() if name != "TableName"}
                self._raw_write(f"{kind}Item", own, factor=2)

    def write_many(self, records: Iterable[Record], *, deletes: Iterable[Key] = ()) -> None:
        """Write and delete in batches, which cost what the single writes would."""
        before, indexes = self.consumed.writes, self._indexes()
        super().write_many(records, deletes=deletes)
        on_indexes = self._indexes() - indexes
        if self.consumed.writes > before:
            self._count("Batch", self.consumed.writes - before - on_indexes, on_indexes)

    def execute(self, statements: Sequence[dict[str, Any]]) -> list[bool]:
        """Carry out each statement by itself, as the single write that it costs as much as."""
        done = []
        for statement in statements:
            request = update_of(statement["Statement"], statement["Parameters"])
            del request["TableName"]
            try:
                self._raw_write("UpdateItem", request, factor=1)
            except AwsError as error:
                if error.code != "ConditionalCheckFailedException":
                    raise
                done.append(False)
            else:
                done.append(True)
        return done

    def image_of(self, workspace_id: str, contact_id: str) -> dict[str, Any]:
        """A contact's raw item."""
        key = {"pk": {"S": f"W#{workspace_id}#C#{contact_id}"}, "sk": {"S": "CONTACT"}}
        image: dict[str, Any] = self._call("GetItem", {"Key": key}, write=False)["Item"]
        return image

    def _write(self, operation: Operation, *, factor: int) -> Any:
        before, indexes = self.consumed.writes, self._indexes()
        result = super().write(operation)
        on_indexes = self._indexes() - indexes
        on_table = self.consumed.writes - before - on_indexes
        record = getattr(operation, "record", None)
        name = (
            operation.key.sk if isinstance(operation, Update | Delete) else type(record).__name__.removesuffix("Record")
        )
        self._count(f"{type(operation).__name__} {name}", factor * on_table, on_indexes)
        return result

    def _raw_write(self, operation: str, request: dict[str, Any], *, factor: int) -> dict[str, Any]:
        before, indexes = self.consumed.writes, self._indexes()
        answer = super().raw(operation, request, write=True)
        on_indexes = self._indexes() - indexes
        self._count(f"{operation} by hand", factor * (self.consumed.writes - before - on_indexes), on_indexes)
        return answer

    def _indexes(self) -> float:
        return sum(units for name, units in self.consumed.by_index.items() if name != "table")

    def _count(self, what: str, on_table: float, on_indexes: float) -> None:
        self.writes += on_table + on_indexes
        self.parts.append(f"{what}: {on_table:g} + {on_indexes:g}")


def new_table(endpoint: str, name: str = "clientela-priced") -> Table:
    """A new table on DynamoDB Local, as the template declares it."""
    settings = from_environment(
        {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "eu-west-1",
            "TABLE_NAME": name,
        }
    )
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "eu-west-1"}
    declared = _declared()
    boto3.client("dynamodb", endpoint_url=endpoint, **keys).create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        **{part: declared[part] for part in ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")},
    )
    return Table(Aws(settings), name)


def _declared() -> dict[str, Any]:
    class Loader(yaml.SafeLoader):  # type: ignore[misc]
        """Reads CloudFormation's tags as plain text."""

    Loader.add_multi_constructor("!", lambda loader, suffix, node: str(node.value))
    text = (ROOT / "infra" / "resources" / "table.yaml").read_text()
    properties: dict[str, Any] = yaml.load(text, Loader=Loader)["Resources"]["Table"]["Properties"]
    return properties
