"""From recipients' changes and hits: a campaign's results, each counted once (decision 4). What is taken back is counted back; a row or
a hit that is deleted takes nothing away.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from chalicelib.customers.timeline import service as timeline
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change
from chalicelib.marketing.campaigns.records import CampaignRecord, campaign_key
from chalicelib.marketing.results import events
from chalicelib.marketing.results.domain import MONEY_STEPS, bucket, results_metric
from chalicelib.marketing.results.records import PromiseRecord, promise_key
from chalicelib.marketing.sending.records import RecipientRecord
from chalicelib.marketing.tracking.records import HitRecord
from chalicelib.workspaces.settings import service as workspaces

_PEOPLE = {"converted_at": "converted", "delayed_at": "delayed"}
_LANGUAGE = {
    "sent_at": "sent",
    "delivered_at": "delivered",
    "bounced_at": "bounced",
    "complained_at": "complained",
    "opened_at": "opened",
    "clicked_at": "clicked",
    "unsubscribed_at": "unsubscribed",
    "converted_at": "converted",
}
_CHARTED = {"opened_at": "opened", "clicked_at": "clicked"}


def count_recipient(change: Change, into: Derivation) -> None:
    """People: by link, client, device, class of bounce, language and time; conversions and what they are worth."""
    old = change.old if isinstance(change.old, RecipientRecord) else None
    new = change.new if isinstance(change.new, RecipientRecord) else None
    if new is None:
        return
    if not new.email and old is not None and old.email:
        return  # an erasure takes out who it was, not what was counted
    before = list(_figures(old, into)) if old is not None else []
    after = list(_figures(new, into))
    metric = results_metric(new.campaign_id)
    for (kind, name), amount in _difference(before, after).items():
        into.count(change, metric, kind, name, amount)


def count_hit(change: Change, into: Derivation) -> None:
    """Hits: of people and of machines, by link; those of machines by time."""
    old = change.old if isinstance(change.old, HitRecord) else None
    new = change.new if isinstance(change.new, HitRecord) else None
    if new is None or new.place == "choices":
        return
    before = list(_hit_figures(old, into)) if old is not None else []
    after = list(_hit_figures(new, into))
    for (kind, name), amount in _difference(before, after).items():
        into.count(change, results_metric(new.campaign_id), kind, name, amount)


def keep_promise(change: Change, into: Derivation) -> None:
    """Where a campaign's goal is a deal: that this contact clicked, for as long as a deal may count."""
    old = change.old if isinstance(change.old, RecipientRecord) else None
    new = change.new if isinstance(change.new, RecipientRecord) else None
    if new is None or not new.email or new.clicked_at == (old.clicked_at if old is not None else None):
        return
    record = into.current(CampaignRecord, campaign_key(new.workspace_id, new.campaign_id))
    goal = record.goal if record is not None else None
    if not goal or goal.get("kind") != "deal":
        return
    key = promise_key(new.workspace_id, new.contact_id, new.campaign_id)
    if new.clicked_at is None:
        into.delete(key)
        return
    until = new.clicked_at + timedelta(days=int(goal["days"]))
    worth = goal.get("value") or {}
    into.put(
        PromiseRecord(
            pk=key.pk,
            sk=key.sk,
            workspace_id=new.workspace_id,
            created_at=new.clicked_at,
            expires_at=int((until + timedelta(days=365)).timestamp()),
            campaign_id=new.campaign_id,
            shard=int(new.pk[-3:]),
            clicked_at=new.clicked_at,
            until=until,
            amount=str(worth["amount"]) if worth else None,
            currency=str(worth["currency"]) if worth else None,
        )
    )


def hear_of_deals(change: Change, into: Derivation) -> None:
    """A deal in a contact's timeline was won, or one that was won is open again."""
    if change.new is None or change.old is not None:
        return
    activity = timeline.activity_of(change.new)
    again = activity.kind == "deal_stage_changed" and activity.data.get("reopened") == "won"
    if activity.about.kind != "contact" or not (again or activity.kind == "deal_won"):
        return
    order = events.deal(
        events.DEAL_OPENED_AGAIN if again else events.DEAL_WON,
        workspace_id=activity.workspace_id,
        contact_id=activity.about.id,
        at=activity.at,
        data={name: str(value) for name, value in activity.data.items()},
        cause=change.id,
    )
    into.fact(events.QUEUE, order)


Figure = tuple[str, str, int]


def _figures(row: RecipientRecord, into: Derivation) -> Iterator[Figure]:
    for attribute, name in _PEOPLE.items():
        if getattr(row, attribute) is not None:
            yield "people", name, 1
    for link in row.links or ():
        yield "link", f"{link}.people", 1
    if row.client:
        yield "client", row.client, 1
    if row.device:
        yield "device", row.device, 1
    softly = {each.partition(":")[0] if ":" in each else "unknown" for each in row.soft_bounces or ()}
    if softly:
        yield "people", "soft_bounced", 1
    for name in softly | ({row.bounce_class} if row.bounce_class else set()):
        yield "bounce", name, 1
    if row.language:
        for attribute, name in _LANGUAGE.items():
            if getattr(row, attribute) is not None:
                yield "language", f"{row.language}.{name}", 1
    for attribute, name in _CHARTED.items():
        at: datetime | None = getattr(row, attribute)
        if at is not None:
            yield from _charted(row.workspace_id, row.campaign_id, at, name, into)
    if row.revenue and row.currency:
        yield "revenue", row.currency, int(row.revenue * MONEY_STEPS)


def _hit_figures(hit: HitRecord, into: Derivation) -> Iterator[Figure]:
    machine = hit.label == "machine"
    if hit.place == "open":
        name = "machine_opens" if machine else "opens"
    else:
        name = "machine_clicks" if machine else "clicks"
        yield "link", f"{hit.place}.{'machine' if machine else 'clicks'}", 1
    yield "hits", name, 1
    if machine:
        yield from _charted(hit.workspace_id, hit.campaign_id, hit.created_at, name, into)


def _charted(workspace_id: str, campaign_id: str, at: datetime, name: str, into: Derivation) -> Iterator[Figure]:
    campaign = into.current(CampaignRecord, campaign_key(workspace_id, campaign_id))
    if campaign is None or campaign.started_at is None:
        return
    workspace = workspaces.get_workspace(table=into.table, workspace_id=workspace_id)
    place = bucket(at, campaign.started_at, workspace.zone)
    if place:
        yield place, name, 1


def _difference(before: list[Figure], after: list[Figure]) -> dict[tuple[str, str], int]:
    totals: dict[tuple[str, str], int] = {}
    for sign, figures in ((-1, before), (1, after)):
        for kind, name, amount in figures:
            totals[kind, name] = totals.get((kind, name), 0) + sign * amount
    return {place: amount for place, amount in totals.items() if amount}


PROJECTIONS: dict[str, list[Projection]] = {
    "recipient": [count_recipient, keep_promise],
    "hit": [count_hit],
    "activity": [hear_of_deals],
}
