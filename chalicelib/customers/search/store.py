"""Search words in the table."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.customers.search.domain import Hit, matches
from chalicelib.customers.search.records import TokenRecord, token_key, token_partition
from chalicelib.foundation.table import Key, Table

_PAGE = 100
_EXAMINED = 2000  # words read for one search, at most


def find(table: Table, workspace_id: str, asked: Sequence[str], *, limit: int) -> list[Hit]:
    """What has a word beginning with each of the words asked for, in the order of the first one's words."""
    first, *others = asked
    found: dict[tuple[str, str], Hit] = {}
    examined, start = 0, None
    while examined < _EXAMINED:
        page = table.query(
            TokenRecord,
            token_partition(workspace_id, first),
            begins_with=first,
            limit=limit if not others and not examined else _PAGE,
            start=start,
        )
        for record in page.items:
            values = record.attribute_values
            _, kind, id_ = values["sk"].rsplit("#", 2)
            if (kind, id_) not in found and (not others or matches(others, values["words"].split(" "))):
                found[kind, id_] = Hit(kind, id_, values["title"], values.get("subtitle") or "")
                if len(found) == limit:
                    return list(found.values())
        examined += len(page.items)
        start = page.next
        if start is None:
            break
    return list(found.values())


def ids(table: Table, workspace_id: str, asked: Sequence[str], *, kind: str, limit: int) -> list[str] | None:
    """The ids of all things of a kind that have such words; None when they are more than the limit, or not all were seen."""
    first, *others = asked
    found: dict[str, None] = {}
    examined, start = 0, None
    while examined < _EXAMINED:
        page = table.query(
            TokenRecord, token_partition(workspace_id, first), begins_with=first, limit=_PAGE * 5, start=start
        )
        for record in page.items:
            values = record.attribute_values
            _, its_kind, id_ = values["sk"].rsplit("#", 2)
            if its_kind == kind and (not others or matches(others, values["words"].split(" "))):
                found[id_] = None
        if len(found) > limit:
            return None
        examined += len(page.items)
        start = page.next
        if start is None:
            return list(found)
    return None


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
