"""A recipient's opens and clicks on its row of the ledger. What they were follows from the log of hits (``marketing/tracking``); they
count for the score only once that is settled, a while later.
"""

from datetime import datetime
from typing import Any

from chalicelib.foundation.clock import to_text
from chalicelib.foundation.table import Table
from chalicelib.marketing.sending.domain import Recipient, Visits
from chalicelib.marketing.sending.ledger import change, key_of, recipient_of
from chalicelib.marketing.sending.records import RecipientRecord, visits_due


def of(row: Recipient) -> Visits:
    """What the row says of its visits."""
    return Visits(
        row.opened_at, row.machine_opened_at, row.clicked_at, row.machine_clicked_at, row.links, row.client, row.device
    )  # fmt: skip


def follow(table: Table, row: Recipient, found: Visits, now: datetime, judged_at: datetime) -> bool:
    """Write what is known of the visits now over what the row said; False when the row has changed since it was read. What is news of
    a person waits to be settled at ``judged_at``; what is taken back takes back that it was settled, too.
    """
    if found == of(row):
        return True
    sets, removes = ["updated_at = :now"], []
    values: dict[str, dict[str, Any]] = {
        ":now": {"S": to_text(now)},
        ":version": {"N": str(row.version)},
    }

    def put(name: str, value: dict[str, Any] | None) -> None:
        if value is None:
            removes.append(name)
        else:
            sets.append(f"{name} = :{name}")
            values[f":{name}"] = value

    for name in ("opened_at", "machine_opened_at", "clicked_at", "machine_clicked_at"):
        at: datetime | None = getattr(found, name)
        if at != getattr(row, name):
            put(name, None if at is None else {"S": to_text(at)})
    if found.links != row.links:
        put("links", {"SS": sorted(found.links)} if found.links else None)
    for name in ("client", "device"):
        text: str = getattr(found, name)
        if text != getattr(row, name):
            put(name, {"S": text} if text else None)
    for visit, scored, scored_at in (
        (found.opened_at, "open_scored_at", row.open_scored_at),
        (found.clicked_at, "click_scored_at", row.click_scored_at),
    ):
        if visit is None and scored_at is not None:
            removes.append(scored)
    if found.clicked_at is None and row.converted_at is not None:  # what came of it was not a person's doing either
        removes += ["converted_at", "goal_ref", "revenue", "currency"]
    waits = (found.opened_at is not None and row.open_scored_at is None) or (
        found.clicked_at is not None and row.click_scored_at is None
    )
    if waits:
        sets += ["duepk = if_not_exists(duepk, :duepk)", "duesk = if_not_exists(duesk, :duesk)"]
        values[":duepk"] = {"S": visits_due(row.shard)}
        values[":duesk"] = {"S": f"{to_text(judged_at)}#{row.contact_id}"}
    else:
        removes += ["duepk", "duesk"]
    update = f"SET {', '.join(sets)}" + (f" REMOVE {', '.join(removes)}" if removes else "") + " ADD version :one"
    return change(table, key_of(row), update, "version = :version", values, names=False)


def settle(table: Table, row: Recipient, due: str, now: datetime) -> bool:
    """Nothing has spoken against it: this recipient's open and click were a person's."""
    sets = ["updated_at = :now"]
    if row.opened_at is not None:
        sets.append("open_scored_at = if_not_exists(open_scored_at, :now)")
    if row.clicked_at is not None:
        sets.append("click_scored_at = if_not_exists(click_scored_at, :now)")
    update = f"SET {', '.join(sets)} REMOVE duepk, duesk ADD version :one"
    values: dict[str, dict[str, Any]] = {
        ":now": {"S": to_text(now)},
        ":due": {"S": due},
        ":version": {"N": str(row.version)},
    }
    return change(table, key_of(row), update, "duesk = :due AND version = :version", values, names=False)


def to_settle(table: Table, shard: int, now: datetime, *, limit: int) -> list[tuple[Recipient, str]]:
    """Recipients whose visits are due to be settled, with their place in the index."""
    found = table.query(RecipientRecord, visits_due(shard), index="due", before=to_text(now), limit=limit).items
    return [(recipient_of(record), record.duesk or "") for record in found]
