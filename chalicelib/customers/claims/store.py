"""Claims in the table."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chalicelib.customers.claims.domain import Claim
from chalicelib.customers.claims.records import ClaimRecord, claim_key
from chalicelib.foundation.table import Create, Delete, Table, Update


def holders(table: Table, workspace_id: str, claims: Sequence[Claim], *, consistent: bool = False) -> dict[Claim, str]:
    """Who holds these claims, as far as anybody does."""
    by_key = {claim_key(workspace_id, *claim): claim for claim in claims}
    if len(by_key) == 1:
        [(key, claim)] = by_key.items()
        record = table.get(ClaimRecord, key, consistent=consistent)
        return {} if record is None else {claim: record.holder_id}
    found = table.get_many(ClaimRecord, by_key, consistent=consistent) if by_key else {}
    return {by_key[key]: record.holder_id for key, record in found.items()}


def make(workspace_id: str, claim: Claim, holder_id: str, now: datetime) -> Create:
    """The operation that makes a claim; it fails when anybody has it."""
    key = claim_key(workspace_id, *claim)
    return Create(ClaimRecord(pk=key.pk, sk=key.sk, workspace_id=workspace_id, created_at=now, holder_id=holder_id))


def give_up(workspace_id: str, claim: Claim, holder_id: str) -> Delete:
    """The operation that gives up a claim which this holder has."""
    return Delete(claim_key(workspace_id, *claim), ClaimRecord.holder_id == holder_id)


def held_since(table: Table, workspace_id: str, claims: Sequence[Claim]) -> dict[Claim, tuple[str, datetime]]:
    """Who certainly holds these claims, and since when."""
    by_key = {claim_key(workspace_id, *claim): claim for claim in claims}
    found = table.get_many(ClaimRecord, by_key, consistent=True) if by_key else {}
    return {by_key[key]: (record.holder_id, record.updated_at or record.created_at) for key, record in found.items()}


def hand_over(workspace_id: str, claim: Claim, holder_id: str, to_id: str, now: datetime) -> Update:
    """The operation that gives a claim which one holder has to another."""
    key = claim_key(workspace_id, *claim)
    actions = [ClaimRecord.holder_id.set(to_id), ClaimRecord.updated_at.set(now)]
    return Update(key, actions, ClaimRecord.holder_id == holder_id)


def blank(workspace_id: str, now: datetime) -> tuple[dict[str, Any], str]:
    """What all raw claims of one moment share, and how their partitions begin."""
    record = make(workspace_id, Claim("email", "x"), "x", now).record
    image = record.image()
    begin = image.pop("pk")["S"].removesuffix("email#x")
    del image["holder_id"]
    return image, begin
