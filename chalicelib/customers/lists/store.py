"""Reading the ids of records in the order of an index, and writing the rows of ours."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.customers.lists.records import ListedRecord, listed_key
from chalicelib.foundation.table import Key, Table

ID = 26
START, END = "\x01", "\U0010ffff"
"""Sort before and after every key there is."""


class Span(NamedTuple):
    """A range of one partition, both ends included. ``table_index`` is empty for the table itself."""

    partition: str
    table_index: str
    low: str
    high: str


def walk(table: Table, span: Span, *, newest_first: bool, page: int) -> Iterator[str]:
    """The sort keys of a range in their order, read ``page`` at a time as they are asked for. Nothing but the keys is read
    into this function; DynamoDB bills the items of an index of the table whole, and our rows are small.
    """
    sort_name = f"{span.table_index}sk" if span.table_index else "sk"
    request: dict[str, Any] = {
        "KeyConditionExpression": "#p = :p AND #s BETWEEN :a AND :b",
        "ExpressionAttributeNames": {"#p": f"{span.table_index}pk" if span.table_index else "pk", "#s": sort_name},
        "ExpressionAttributeValues": {":p": {"S": span.partition}, ":a": {"S": span.low}, ":b": {"S": span.high}},
        "ProjectionExpression": "#s",
        "ScanIndexForward": not newest_first,
        "Limit": page,
    }
    if span.table_index:
        request["IndexName"] = span.table_index
    if span.low > span.high:
        return
    while True:
        answer = table.raw("Query", request, write=False)
        for item in answer["Items"]:
            yield item[sort_name]["S"]
        if "LastEvaluatedKey" not in answer:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        request["Limit"] = min(page * 4, 1000)


def count(table: Table, span: Span, *, limit: int) -> int:
    """How many keys a range has, counted up to ``limit``."""
    sort_name = f"{span.table_index}sk" if span.table_index else "sk"
    request: dict[str, Any] = {
        "KeyConditionExpression": "#p = :p AND #s BETWEEN :a AND :b",
        "ExpressionAttributeNames": {"#p": f"{span.table_index}pk" if span.table_index else "pk", "#s": sort_name},
        "ExpressionAttributeValues": {":p": {"S": span.partition}, ":a": {"S": span.low}, ":b": {"S": span.high}},
        "Select": "COUNT",
    }
    if span.table_index:
        request["IndexName"] = span.table_index
    if span.low > span.high:
        return 0
    total = 0
    while total < limit:
        answer = table.raw("Query", {**request, "Limit": limit - total}, write=False)
        total += int(answer["Count"])
        if "LastEvaluatedKey" not in answer:
            break
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
    return total


def row(workspace_id: str, kind: str, index: str, shard: int, encoded: str, id: str, at: datetime) -> ListedRecord:  # noqa: A002
    """The item that says that a record has a value. ``at`` is when the record was made: rows written twice must be equal."""
    key = listed_key(workspace_id, kind, index, shard, encoded, id)
    return ListedRecord(pk=key.pk, sk=key.sk, workspace_id=workspace_id, created_at=at)


def rows_of_partition(table: Table, pk: str, *, limit: int) -> list[Key]:
    """The keys of some rows of a partition, to be deleted."""
    page = table.query(ListedRecord, pk, limit=limit)
    return [record.key for record in page.items]
