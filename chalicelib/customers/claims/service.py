"""Claims, as parts of other features' transactions: what is unique is made together with what it belongs to."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from chalicelib.customers.claims import store
from chalicelib.customers.claims.domain import Claim
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.table import Operation, Table


def holders(*, table: Table, workspace_id: str, claims: Iterable[Claim], consistent: bool = False) -> dict[Claim, str]:
    """Who holds these claims, as far as anybody does: claim → holder's id."""
    return store.holders(table, workspace_id, list(claims), consistent=consistent)


class Images:
    """Claims as raw items, for writing many: what `changes` makes, without making records first."""

    def __init__(self, *, table: Table, workspace_id: str, now: datetime):
        self._table, self._blank, self._prefix = table.name, *store.blank(workspace_id, now)

    def make(self, claim: Claim, holder_id: str) -> dict[str, Any]:
        """The action that makes a claim; it fails when anybody has it."""
        image = {
            "pk": {"S": f"{self._prefix}{claim.what}#{claim.value}"},
            **self._blank,
            "holder_id": {"S": holder_id},
        }
        return {"Put": {"TableName": self._table, "Item": image, "ConditionExpression": "attribute_not_exists(pk)"}}


def changes(
    *, workspace_id: str, holder_id: str, had: set[Claim], has: set[Claim], now: datetime
) -> list[tuple[Claim, Operation]]:
    """The operations that turn what a holder had into what it has, each with its claim; new ones come first, sorted."""
    made: list[tuple[Claim, Operation]] = [
        (claim, store.make(workspace_id, claim, holder_id, now)) for claim in sorted(has - had)
    ]
    return made + [(claim, store.give_up(workspace_id, claim, holder_id)) for claim in sorted(had - has)]


def held_since(*, table: Table, workspace_id: str, claims: Iterable[Claim]) -> dict[Claim, tuple[str, datetime]]:
    """Who holds these claims at this moment, and since when without a break: claim → holder's id and the moment."""
    return store.held_since(table, workspace_id, list(claims))


def hand_over(
    *, workspace_id: str, claims: Iterable[Claim], holder_id: str, to_id: str, now: datetime
) -> list[Operation]:
    """The operations that give claims of one holder to another, sorted."""
    return [store.hand_over(workspace_id, claim, holder_id, to_id, now) for claim in sorted(claims)]


def release(*, table: Table, workspace_id: str, claims: Iterable[Claim], holder_ids: Iterable[str]) -> None:
    """Give up those of the claims that one of these holders has, each by itself; for erasures."""
    ids, wanted = set(holder_ids), list(claims)
    held = store.holders(table, workspace_id, wanted, consistent=True) if wanted else {}
    for claim, holder_id in held.items():
        if holder_id in ids:
            try:
                table.write(store.give_up(workspace_id, claim, holder_id))
            except ConflictError:
                continue  # somebody else has it by now
