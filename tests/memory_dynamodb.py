"""DynamoDB in a dictionary, for tests that need thousands of runs: the operations, conditions and updates that the product uses,
evaluated one after the other. DynamoDB Local judges the same code in ``tests/contract``.

`MemoryDynamoDB` stands in for `Aws`; ``Table(MemoryDynamoDB(), "t")`` is a table. ``before`` and ``after`` are called around every
operation with its name and request: what they raise happens before or after the operation has taken effect.
"""

import copy
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from chalicelib.foundation.aws import AwsError
from infra.local.partiql import update_of

Item = dict[str, Any]
_TOKEN = re.compile(r"\s*(<>|<=|>=|[=<>(),+-]|[#:]?[A-Za-z_0-9.\[\]]+)")
_FUNCTIONS = (
    "attribute_exists",
    "attribute_not_exists",
    "contains",
    "begins_with",
    "if_not_exists",
    "size",
    "attribute_type",
)
_INDEXES = {"gsi1": ("gsi1pk", "gsi1sk"), "gsi2": ("gsi2pk", "gsi2sk"), "due": ("duepk", "duesk")}


def _plain(value: dict[str, Any] | None) -> Any:
    if value is None:
        return None
    ((kind, raw),) = value.items()
    return float(raw) if kind == "N" else raw


@cache
def _tokens(text: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(text))


class _Reader:
    def __init__(self, text: str, names: dict[str, str], values: Item, item: Item):
        self.tokens, self.at = _tokens(text), 0
        self.names, self.values, self.item = names, values, item

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def next(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def name(self, token: str) -> str:
        return self.names.get(token, token)

    def operand(self) -> Any:
        token = self.next()
        if token.startswith(":"):
            return self.values[token]
        if token == "if_not_exists":
            self.next()
            name = self.name(self.next())
            self.next()
            other = self.operand()
            self.next()
            return self.item.get(name, other)
        if token == "size":
            self.next()
            name = self.name(self.next())
            self.next()
            (raw,) = self.item.get(name, {"S": ""}).values()
            return {"N": str(len(raw))}
        return self.item.get(self.name(token))

    def either(self) -> bool:
        found = self.both()
        while self.peek().upper() == "OR":
            self.next()
            found = self.both() or found
        return found

    def both(self) -> bool:
        found = self.one()
        while self.peek().upper() == "AND":
            self.next()
            found = self.one() and found
        return found

    def one(self) -> bool:
        token = self.peek()
        if token.upper() == "NOT":
            self.next()
            return not self.one()
        if token == "(":
            self.next()
            found = self.either()
            self.next()
            return found
        if token in _FUNCTIONS and token not in ("size", "if_not_exists"):
            self.next()
            self.next()
            name = self.name(self.next())
            present = self.item.get(name)
            argument = None
            if self.peek() == ",":
                self.next()
                argument = self.operand()
            self.next()
            match token:
                case "attribute_exists":
                    return present is not None
                case "attribute_not_exists":
                    return present is None
                case "contains":
                    return present is not None and _plain(argument) in _plain(present)
                case "begins_with":
                    return present is not None and str(_plain(present)).startswith(_plain(argument))
            raise NotImplementedError(token)
        left = self.operand()
        operator = self.next()
        if operator.upper() == "IN":
            self.next()
            choices = [self.operand()]
            while self.next() == ",":
                choices.append(self.operand())
            return left is not None and left in choices
        if operator.upper() == "BETWEEN":
            low = self.operand()
            self.next()
            high = self.operand()
            return left is not None and _plain(low) <= _plain(left) <= _plain(high)
        right = self.operand()
        if left is None or right is None:
            return operator == "<>" and left is not right
        if left.keys() != right.keys():
            return operator == "<>"
        a, b = _plain(left), _plain(right)
        return {"=": a == b, "<>": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[operator]


class MemoryDynamoDB:
    """Stands in for `Aws`."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], Item] = {}
        self.before: Callable[[str, dict[str, Any]], None] = lambda name, request: None
        self.after: Callable[[str, dict[str, Any]], None] = lambda name, request: None

    def call(self, service: str, target: str, request: dict[str, Any], *, version: str = "1.0") -> dict[str, Any]:
        assert service == "dynamodb"
        name = target.rpartition(".")[2]
        self.before(name, request)
        answer = getattr(self, f"_{name}")(request)
        self.after(name, request)
        return answer

    def copy(self) -> dict[tuple[str, str], Item]:
        return copy.deepcopy(self.items)

    @staticmethod
    def _key(raw: Item) -> tuple[str, str]:
        return raw["pk"]["S"], raw["sk"]["S"]

    def _holds(self, request: dict[str, Any], item: Item | None) -> bool:
        text = request.get("ConditionExpression")
        if not text:
            return True
        names, values = request.get("ExpressionAttributeNames") or {}, request.get("ExpressionAttributeValues") or {}
        return _Reader(text, names, values, item or {}).either()

    def _check(self, request: dict[str, Any], key: tuple[str, str]) -> None:
        item = self.items.get(key)
        if not self._holds(request, item):
            body = {"Item": item} if item and request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" else {}
            raise AwsError(400, "ConditionalCheckFailedException", "The conditional request failed", body)

    def _GetItem(self, request: dict[str, Any]) -> dict[str, Any]:
        item = self.items.get(self._key(request["Key"]))
        return {"Item": dict(item)} if item else {}

    def _BatchGetItem(self, request: dict[str, Any]) -> dict[str, Any]:
        answers = {}
        for table, wanted in request["RequestItems"].items():
            found = [self.items[self._key(key)] for key in wanted["Keys"] if self._key(key) in self.items]
            answers[table] = [dict(item) for item in found]
        return {"Responses": answers}

    def _PutItem(self, request: dict[str, Any]) -> dict[str, Any]:
        key = self._key(request["Item"])
        self._check(request, key)
        self.items[key] = dict(request["Item"])
        return {}

    def _DeleteItem(self, request: dict[str, Any]) -> dict[str, Any]:
        key = self._key(request["Key"])
        self._check(request, key)
        self.items.pop(key, None)
        return {}

    def _UpdateItem(self, request: dict[str, Any]) -> dict[str, Any]:
        key = self._key(request["Key"])
        self._check(request, key)
        self.items[key] = item = self._updated(request, key)
        return {"Attributes": dict(item)} if request.get("ReturnValues") == "ALL_NEW" else {}

    def _BatchExecuteStatement(self, request: dict[str, Any]) -> dict[str, Any]:
        responses: list[dict[str, Any]] = []
        for statement in request["Statements"]:
            try:
                self._UpdateItem(update_of(statement["Statement"], statement["Parameters"]))
            except AwsError as error:
                responses.append({"Error": {"Code": error.code.removesuffix("Exception")}})
            else:
                responses.append({"TableName": "t"})
        return {"Responses": responses}

    def _updated(self, request: dict[str, Any], key: tuple[str, str]) -> Item:
        old = self.items.get(key) or dict(request["Key"])
        new = dict(old)
        names, values = request.get("ExpressionAttributeNames") or {}, request.get("ExpressionAttributeValues") or {}
        reader = _Reader(request["UpdateExpression"], names, values, old)
        clause = ""
        while reader.peek():
            if reader.peek().upper() in ("SET", "REMOVE", "ADD", "DELETE"):
                clause = reader.next().upper()
            name = reader.name(reader.next())
            if clause == "REMOVE":
                new.pop(name, None)
            elif clause == "SET":
                reader.next()
                value = reader.operand()
                while reader.peek() in ("+", "-"):
                    sign = reader.next()
                    other = reader.operand()
                    number = float(value["N"]) + (1 if sign == "+" else -1) * float(other["N"])
                    value = {"N": format(number, "g")}
                new[name] = value
            else:
                value = reader.operand()
                if "N" in value:
                    new[name] = {"N": str(int(float(old.get(name, {"N": "0"})["N"]) + float(value["N"])))}
                else:
                    new[name] = {"SS": sorted({*old.get(name, {"SS": []})["SS"], *value["SS"]})}
            if reader.peek() == ",":
                reader.next()
        return new

    def _Query(self, request: dict[str, Any]) -> dict[str, Any]:
        names, values = request.get("ExpressionAttributeNames") or {}, request["ExpressionAttributeValues"]
        text = request["KeyConditionExpression"]
        pk_name, sk_name = _INDEXES.get(request.get("IndexName", ""), ("pk", "sk"))
        partitions = [value["S"] for value in values.values() if "S" in value]
        found = [
            item
            for item in list(self.items.values())
            if pk_name in item
            and item[pk_name]["S"] in partitions
            and sk_name in item
            and _Reader(text, names, values, item).either()
        ]
        found.sort(key=lambda item: (item[sk_name]["S"], item["pk"]["S"], item["sk"]["S"]))
        if request.get("ScanIndexForward") is False:
            found.reverse()
        start = request.get("ExclusiveStartKey")
        if start:
            place = next((n for n, item in enumerate(found) if self._key(item) == self._key(start)), None)
            if place is not None:
                found = found[place + 1 :]
            elif request.get("ScanIndexForward") is False:
                found = [item for item in found if item[sk_name]["S"] < start[sk_name]["S"]]
            else:
                found = [item for item in found if item[sk_name]["S"] > start[sk_name]["S"]]
        limit = request.get("Limit")
        more = limit is not None and len(found) > limit
        page = found[:limit] if limit else found
        answer: dict[str, Any] = {"Count": len(page)}
        if request.get("Select") != "COUNT":
            answer["Items"] = [dict(item) for item in page]
        if more:
            last = page[-1]
            answer["LastEvaluatedKey"] = {name: last[name] for name in {"pk", "sk", pk_name, sk_name}}
        return answer

    def _BatchWriteItem(self, request: dict[str, Any]) -> dict[str, Any]:
        for writes in request["RequestItems"].values():
            for write in writes:
                if "PutRequest" in write:
                    item = write["PutRequest"]["Item"]
                    self.items[self._key(item)] = dict(item)
                else:
                    self.items.pop(self._key(write["DeleteRequest"]["Key"]), None)
        return {}

    def _TransactWriteItems(self, request: dict[str, Any]) -> dict[str, Any]:
        reasons, done = [], []
        for action in request["TransactItems"]:
            ((kind, each),) = action.items()
            key = self._key(each["Item"] if kind == "Put" else each["Key"])
            item = self.items.get(key)
            if self._holds(each, item):
                reasons.append({"Code": "None"})
            else:
                reasons.append({"Code": "ConditionalCheckFailed", **({"Item": item} if item else {})})
            done.append((kind, each, key))
        if any(reason["Code"] != "None" for reason in reasons):
            raise AwsError(400, "TransactionCanceledException", "cancelled", {"CancellationReasons": reasons})
        assert len({key for _, _, key in done}) == len(done) <= 100, "a transaction takes an item once"
        for kind, each, key in done:
            if kind == "Put":
                self.items[key] = dict(each["Item"])
            elif kind == "Update":
                self.items[key] = self._updated(each, key)
            elif kind == "Delete":
                self.items.pop(key, None)
        return {}
