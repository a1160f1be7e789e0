"""The conditional updates in PartiQL that the product writes, as the `UpdateItem` requests that they are.

DynamoDB Local carries statements out but does not say what they cost; and the tests' table in memory knows no PartiQL.
"""

import re
from typing import Any

_SHAPE = re.compile(r'UPDATE "(?P<table>[^"]+)" (?P<changes>.+) WHERE (?P<where>.+)')
_CHANGE = re.compile(r'(SET|REMOVE) "?(\w+)"?(?:=(\?|\w+\+\d+))?')
_CONDITION = re.compile(r'"?(\w+)"?(?:=\?| (IS MISSING))')


def update_of(statement: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    """The request for ``UPDATE … SET … REMOVE … WHERE pk=? AND sk=? AND …``, its values in the order of the question marks."""
    shape = _SHAPE.fullmatch(statement)
    if shape is None:
        raise ValueError(f"not an update: {statement}")
    waiting = list(parameters)
    names: dict[str, str] = {}
    values: dict[str, Any] = {}

    def named(name: str) -> str:
        names[f"#{name}"] = name
        return f"#{name}"

    def valued() -> str:
        name = f":v{len(values)}"
        values[name] = waiting.pop(0)
        return name

    sets, removes = [], []
    for kind, name, value in _CHANGE.findall(shape["changes"]):
        if kind == "REMOVE":
            removes.append(named(name))
        elif value == "?":
            sets.append(f"{named(name)} = {valued()}")
        else:
            source, _, amount = value.partition("+")
            values[":by"] = {"N": amount}
            sets.append(f"{named(name)} = {named(source)} + :by")
    key, conditions = {}, ["attribute_exists(pk)"]
    for name, missing in _CONDITION.findall(shape["where"]):
        if name in ("pk", "sk"):
            key[name] = waiting.pop(0)
        elif missing:
            conditions.append(f"attribute_not_exists({named(name)})")
        else:
            conditions.append(f"{named(name)} = {valued()}")
    if waiting:
        raise ValueError(f"too many values for {statement}")
    return {
        "TableName": shape["table"],
        "Key": key,
        "UpdateExpression": f"SET {', '.join(sets)}" + (f" REMOVE {', '.join(removes)}" if removes else ""),
        "ConditionExpression": " AND ".join(conditions),
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }
