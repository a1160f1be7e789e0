"""From a recipient's changes: the campaign's counts, the workspace's metrics, the contact's timeline and facts for the score."""

from datetime import datetime

from chalicelib.customers.timeline import service as timeline
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change
from chalicelib.marketing.campaigns.domain import variant_group
from chalicelib.marketing.campaigns.records import CampaignRecord, campaign_key
from chalicelib.marketing.sending.records import RecipientRecord
from chalicelib.workspaces.settings import service as workspaces

_TIMES = {
    "sent_at": ("sent", "email_sent"),
    "delivered_at": ("delivered", "email_delivered"),
    "bounced_at": ("bounced", "email_bounced"),
    "complained_at": ("complained", "email_complained"),
    "opened_at": ("opened", "email_opened"),
    "clicked_at": ("clicked", "email_clicked"),
    "unsubscribed_at": ("unsubscribed", "unsubscribed"),
    "converted_at": ("converted", ""),
}
"""Attribute → the metric it counts in and the kind of its timeline entry (empty: it has none, the deal or the page tells of itself)."""
_FACTS = {
    "open_scored_at": "email.opened",
    "click_scored_at": "email.clicked",
    "unsubscribed_at": "campaign.unsubscribed",
}


def count(change: Change, into: Derivation) -> None:
    """Counts of the campaign and metrics of the day. What is taken back (a click that was a machine's) is counted back."""
    old, new = _sides(change)
    record = new or old
    if record is None:
        return
    metrics = [f"campaign.{record.campaign_id}"]
    if record.variant is not None:
        metrics.append(f"{metrics[0]}.{variant_group(int(record.variant))}")
    before, now = (old.state if old else ""), (new.state if new else "")
    if before != now:
        for metric in metrics:
            if before:
                into.count(change, metric, "all", before, -1)
            if now:
                into.count(change, metric, "all", now, 1)
    if new is None:
        return
    for attribute, (name, _) in _TIMES.items():
        was: datetime | None = getattr(old, attribute, None)
        at: datetime | None = getattr(new, attribute)
        amount = int(at is not None) - int(was is not None)
        instant = at or was
        if not amount or instant is None:
            continue
        if name != "sent":  # counted by its state: a message that is rejected later was not sent
            for metric in metrics:
                into.count(change, metric, "all", name, amount)
        workspace = workspaces.get_workspace(table=into.table, workspace_id=new.workspace_id)
        day = workspaces.local_day(workspace, instant)
        into.count(change, f"mail.{name}", day, new.campaign_id, amount)


def tell(change: Change, into: Derivation) -> None:
    """The contact's timeline, and facts that may change the score."""
    old, new = _sides(change)
    if new is None or not new.email:
        return  # nobody, or somebody who was erased
    for attribute, (_, kind) in _TIMES.items():
        at = getattr(new, attribute)
        was = getattr(old, attribute, None)
        if at == was or not kind:
            continue
        if was is not None:  # reported earlier than was known, or taken back
            into.delete(_entry(new, kind, was, {}).key)
        if at is not None:
            campaign = into.current(CampaignRecord, campaign_key(new.workspace_id, new.campaign_id))
            data = {"campaign_id": new.campaign_id, "campaign_name": campaign.name if campaign else ""}
            if kind == "email_bounced" and new.bounce_kind:
                data["reason"] = new.bounce_kind
            into.put(_entry(new, kind, at, data))
    for attribute, fact in _FACTS.items():
        at, was = getattr(new, attribute), getattr(old, attribute, None)
        if at is not None and was is None:
            into.fact("scoring", _fact(change, new, fact, at))
        elif at is None and was is not None:  # it was a machine after all
            given = _fact(change, new, fact, was)
            into.fact("scoring", _taken_back(change, new, given))


def _fact(change: Change, record: RecipientRecord, fact: str, at: datetime) -> Envelope:
    """What happened. What was taken back and happens again is another fact: its time tells them apart."""
    again = [to_text(at)] if fact != _FACTS["unsubscribed_at"] else []
    return Envelope(
        id=derived_id(record.created_at, fact, record.campaign_id, record.contact_id, *again),
        type=fact,
        workspace_id=record.workspace_id,
        at=at,
        data={"contact_id": record.contact_id, "campaign_id": record.campaign_id, "machine": False},
        cause=change.id,
    )


def _taken_back(change: Change, record: RecipientRecord, given: Envelope) -> Envelope:
    at = record.updated_at or given.at
    return Envelope(
        id=derived_id(at, given.type, "taken back", given.id),
        type=f"{given.type}.taken_back",
        workspace_id=record.workspace_id,
        at=at,
        data={**given.data, "fact_id": given.id, "fact_at": to_text(given.at)},
        cause=change.id,
    )


def _entry(record: RecipientRecord, kind: str, at: datetime, data: dict[str, str]) -> "timeline.ActivityRecord":
    return timeline.entry(
        workspace_id=record.workspace_id,
        contact_id=record.contact_id,
        at=at,
        kind=kind,
        id=derived_id(at, kind, record.campaign_id, record.contact_id),
        data=data,
    )


def _sides(change: Change) -> tuple[RecipientRecord | None, RecipientRecord | None]:
    old, new = change.old, change.new
    return (
        old if isinstance(old, RecipientRecord) else None,
        new if isinstance(new, RecipientRecord) else None,
    )


PROJECTIONS: dict[str, list[Projection]] = {"recipient": [count, tell]}
