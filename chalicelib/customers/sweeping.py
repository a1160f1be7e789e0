"""Deleting what hangs on something that is gone for good."""

from typing import Any

from chalicelib.foundation.table import Key, Table


def sweep(table: Table, pk: str) -> None:
    """Delete every item of a partition. Deleting again what is gone already is no harm; what fails half-way is done again."""
    request: dict[str, Any] = {
        "KeyConditionExpression": "pk = :p",
        "ExpressionAttributeValues": {":p": {"S": pk}},
        "ProjectionExpression": "pk, sk",
        "ConsistentRead": True,
        "Limit": 500,
    }
    while True:
        answer = table.raw("Query", request, write=False)
        table.write_many([], deletes=[Key(item["pk"]["S"], item["sk"]["S"]) for item in answer["Items"]])
        if "LastEvaluatedKey" not in answer:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
