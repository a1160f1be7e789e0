"""Search words in the table."""

from collections.abc import Generator, Sequence
from datetime import datetime
from typing import Any

from chalicelib.customers.search.domain import Hit
from chalicelib.customers.search.records import TokenRecord, token_key, token_partition
from chalicelib.foundation.table import Key, Table

_PAGE = 100
_EXAMINED = 2000  # words read for one search, at most
_WORDS = 10  # words compared, at most


def find(table: Table, workspace_id: str, asked: Sequence[str], *, kind: str = "", limit: int) -> list[Hit]:
    """What has a word beginning with each of the words asked for, in the order of the first one's words; only of a kind, if one is
    given.
    """
    found: dict[tuple[str, str], Hit] = {}
    page = limit if len(asked) == 1 and not kind else _EXAMINED
    for item in _walk(table, workspace_id, asked, page=page, shown=True):
        _, its_kind, id_ = item["sk"]["S"].rsplit("#", 2)
        if (its_kind, id_) not in found and kind in ("", its_kind):
            subtitle = item["subtitle"]["S"] if "subtitle" in item else ""
            found[its_kind, id_] = Hit(its_kind, id_, item["title"]["S"], subtitle)
            if len(found) == limit:
                break
    return list(found.values())


def ids(table: Table, workspace_id: str, asked: Sequence[str], *, kind: str, limit: int) -> list[str] | None:
    """The ids of all things of a kind that have such words; None when they are more than the limit, or not all were seen."""
    found: dict[str, None] = {}
    walk = _walk(table, workspace_id, asked, page=_EXAMINED, shown=False)
    while True:
        try:
            _, its_kind, id_ = next(walk)["sk"]["S"].rsplit("#", 2)
        except StopIteration as end:
            return list(found) if end.value else None
        if its_kind == kind:
            found[id_] = None
            if len(found) > limit:
                return None


def _walk(
    table: Table, workspace_id: str, asked: Sequence[str], *, page: int, shown: bool
) -> Generator[dict[str, Any], None, bool]:
    """The rows of the first word, in order, of things that have all the others too; whether those were all. DynamoDB compares
    the others, so that rows which do not match are read but never sent.
    """
    first, *others = asked
    values: dict[str, Any] = {":p": {"S": token_partition(workspace_id, first)}, ":w": {"S": first}}
    request: dict[str, Any] = {
        "KeyConditionExpression": "pk = :p AND begins_with(sk, :w)",
        "ExpressionAttributeValues": values,
        "ProjectionExpression": "sk, title, subtitle" if shown else "sk",
        "Limit": page,
    }
    if others:
        parts = []
        for number, word in enumerate(others[:_WORDS]):
            values[f":b{number}"], values[f":c{number}"] = {"S": word}, {"S": f" {word}"}
            parts.append(f"(begins_with(words, :b{number}) OR contains(words, :c{number}))")
        request["FilterExpression"] = " AND ".join(parts)
    examined = 0
    while True:
        answer = table.raw("Query", request, write=False)
        yield from answer["Items"]
        examined += answer["ScannedCount"]
        if "LastEvaluatedKey" not in answer:
            return True
        if examined >= _EXAMINED:
            return False
        request["ExclusiveStartKey"], request["Limit"] = answer["LastEvaluatedKey"], max(page, _PAGE)


def record(workspace_id: str, word: str, words: Sequence[str], hit: Hit, now: datetime) -> TokenRecord:
    """The item of one word of a thing."""
    key = token_key(workspace_id, word, hit.kind, hit.id)
    return TokenRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=workspace_id,
        created_at=now,
        title=hit.title,
        subtitle=hit.subtitle or None,
        words=" ".join(words),
    )


def key(workspace_id: str, word: str, kind: str, id: str) -> Key:  # noqa: A002
    """Where one word of a thing stands."""
    return token_key(workspace_id, word, kind, id)
