"""Keeping the words of things, and finding things by the beginning of words."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.customers.search import domain, store
from chalicelib.customers.search.domain import Hit
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.projection import Derivation
from chalicelib.foundation.table import Table

LIMIT = 50
_SHOWN = 120


def tokens(texts: Iterable[str]) -> frozenset[str]:
    """The words under which something with these texts is found."""
    return domain.tokens(texts)


def index(
    into: Derivation,
    workspace_id: str,
    kind: str,
    id: str,  # noqa: A002 - the thing's own
    title: str,
    subtitle: str,
    texts_old: Iterable[str],
    texts_current: Iterable[str],
    *,
    at: datetime,
) -> None:
    """Keep the words of a thing as it is now: ``texts_current``, read with ``into.current`` (none when it is gone), replace
    those of the change's two images, ``texts_old``. ``at`` is when the thing was made: rows written twice must be equal.
    """
    current = domain.tokens(texts_current)
    hit = Hit(kind, id, title[:_SHOWN], subtitle[:_SHOWN])
    words = sorted(current)
    for word in words:
        into.put(store.record(workspace_id, word, words, hit, at))
    for word in domain.tokens(texts_old) - current:
        into.delete(store.key(workspace_id, word, kind, id))


def forget(
    *,
    table: Table,
    workspace_id: str,
    kind: str,
    id: str,  # noqa: A002 - the thing's own
    texts: Iterable[str],
) -> int:
    """Delete the words of a thing that was found by these texts; how many there may have been. For erasures: the projector deletes
    them as well, but only by what it still knows.
    """
    keys = [store.key(workspace_id, word, kind, id) for word in sorted(domain.tokens(texts))]
    table.write_many([], deletes=keys)
    return len(keys)


def search(*, table: Table, workspace_id: str, query: str, kind: str = "", limit: int = LIMIT) -> list[Hit]:
    """Contacts, companies, leads and deals (or only things of one kind) with a word beginning with each of the query's words,
    at most fifty.

    `InvalidError` names ``q`` when no word has two characters.
    """
    asked = domain.asked(query)
    if not asked:
        raise InvalidError("Search for two characters or more.", field="q", code="too_short")
    return store.find(table, workspace_id, asked, kind=kind, limit=min(limit, LIMIT))


def ids(*, table: Table, workspace_id: str, query: str, kind: str, limit: int) -> list[str] | None:
    """The ids of all things of a kind with a word beginning with each of the query's words; None when they are more than
    ``limit``, or more words had to be read than a search reads.
    """
    asked = domain.asked(query)
    return store.ids(table, workspace_id, asked, kind=kind, limit=limit) if asked else []
