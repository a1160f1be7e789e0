"""What follows from a change of a deal, of a step on its way, of what it belongs to, and of its timeline."""

from collections import Counter

from chalicelib.customers.companies import service as companies
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.search.service import index
from chalicelib.customers.timeline.domain import About
from chalicelib.customers.timeline.service import activity_of, entry
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change
from chalicelib.sales.deals import counting, events, service, store
from chalicelib.sales.deals.counting import MonthOf
from chalicelib.sales.deals.domain import Deal, DealStatus
from chalicelib.sales.deals.listing import LISTING, of_customer
from chalicelib.sales.deals.records import DealRecord, deal_key
from chalicelib.workspaces.audit.service import audited
from chalicelib.workspaces.settings.service import get_workspace, local_day

_AUDITED = (
    "title",
    "description",
    "amount",
    "currency",
    "lines",
    "custom",
    "pipeline_id",
    "stage_id",
    "status",
    "won_reason",
    "lost_reason",
    "contact_id",
    "company_id",
    "owner_id",
    "expected_close",
    "deleted_at",
)
_SEARCHED = ("title", "amount", "currency", "contact_id", "company_id", "deleted_at")
_RENAMED = 200  # deals of a contact or company whose words follow its name; further ones follow when they are changed
_STIRRING = frozenset(
    {"note", "call", "meeting", "email", "task_done", "quote_issued", "quote_accepted", "quote_declined"}
)


def note(change: Change, into: Derivation) -> None:
    """Entries in the timelines of the deal, its contact and its company: it was made, changed its stage, was won or lost."""
    old, new = _deal(change.old), _deal(change.new)
    if new is None or new.deleted_at is not None or (old is not None and old.deleted_at is not None):
        return
    everybody = [About("deal", new.id), *_belongs(new)]
    if old is None:
        _put(into, new, "deal_created", everybody, **_shown(new), stage=new.stage_id)
        if new.status is not DealStatus.OPEN:
            _closed(into, new, everybody)
        return
    came = [about for about in _belongs(new) if about not in _belongs(old)]
    if came:
        _put(into, new, "deal_created", came, **_shown(new), stage=new.stage_id)
    if new.status is not old.status and new.status is not DealStatus.OPEN:
        _closed(into, new, everybody)
    elif (new.stage_id, new.pipeline_id, new.status) != (old.stage_id, old.pipeline_id, old.status):
        moved = {"from": old.stage_id, "to": new.stage_id}
        if old.status is not DealStatus.OPEN:
            moved["reopened"] = old.status.value
        if new.pipeline_id != old.pipeline_id:
            moved |= {"from_pipeline": old.pipeline_id, "to_pipeline": new.pipeline_id}
        _put(into, new, "deal_stage_changed", everybody, title=new.title, stage=new.stage_id, **moved)


def keep_words(change: Change, into: Derivation) -> None:
    """The words by which the deal is found: its title's, its contact's and its company's."""
    if not change.changed(*_SEARCHED):
        return
    current = _current(change, into)
    images = [deal for deal in (_deal(change.old), _deal(change.new)) if deal is not None]
    names = _names(into, [*images, *([current] if current else [])])
    texts_old = [text for deal in images for text in _texts(deal, names)]
    _index(into, change.record.workspace_id, _id(change), current, texts_old, names)


def follow_name(change: Change, into: Derivation) -> None:
    """A contact or company has another name: the words of its deals."""
    if change.old is None or change.new is None:
        return
    if change.kind == "contact":
        if not change.changed("first_name", "last_name", "deleted_at"):
            return
        old, new = (contacts.contact_of(image) for image in (change.old, change.new))
        what, thing_id, before, after = "contact_id", new.id, old.display_name, new.display_name
        ids = new.all_ids
    else:
        if not change.changed("name"):
            return
        was, now = (companies.company_of(image) for image in (change.old, change.new))
        what, thing_id, before, after = "company_id", now.id, was.name, now.name
        ids = now.all_ids
    if before == after:
        return
    workspace = get_workspace(table=into.table, workspace_id=change.record.workspace_id)
    for listed in of_customer(into, workspace, what, ids, limit=_RENAMED)[0]:
        record = into.current(DealRecord, deal_key(workspace.id, listed.id))
        deal = store.to_domain(record) if record is not None else None
        if deal is not None and deal.deleted_at is None:
            names = _names(into, [deal]) | {thing_id: after}
            _index(into, workspace.id, deal.id, deal, [before, *_texts(deal, names)], names)


def keep_rows(change: Change, into: Derivation) -> None:
    """The rows by which lists find the deal."""
    LISTING.keep_rows(
        into,
        workspace_id=change.record.workspace_id,
        old=_deal(change.old),
        new=_deal(change.new),
        current=lambda: _current(change, into),
        made=change.record.created_at,
    )


def count(change: Change, into: Derivation) -> None:
    """The sums of boards and the forecast; ``deals.created``, ``deals.won`` and ``deals.lost`` by pipeline."""
    old, new = _deal(change.old), _deal(change.new)
    month_of = _month_of(into, change.record.workspace_id)
    added = counting.difference(counting.of_deal(old, month_of), counting.of_deal(new, month_of))
    for (metric, day, dimension), amount in sorted(added.items()):
        into.count(change, metric, day, dimension, amount)
    if new is None or new.deleted_at is not None:
        return
    workspace = get_workspace(table=into.table, workspace_id=new.workspace_id)
    if old is None:
        into.count(change, "deals.created", local_day(workspace, new.created_at), new.pipeline_id)
    if new.status is not DealStatus.OPEN and (old is None or old.status is not new.status):
        day = local_day(workspace, new.closed_at or new.updated_at)
        into.count(change, f"deals.{new.status.value}", day, new.pipeline_id)


def count_step(change: Change, into: Derivation) -> None:
    """A step of a deal's way counts once for the sales cycle."""
    if change.old is not None or change.new is None:
        return
    step = service.change_of(change.new)
    counted: Counter[counting.Place] = counting.of_step(step, _month_of(into, step.workspace_id))
    for (metric, month, dimension), amount in sorted(counted.items()):
        into.count(change, metric, month, dimension, amount)


def stir(change: Change, into: Derivation) -> None:
    """Something happened with the deal: what people wrote in its timeline and is not only planned, and what they did."""
    if change.new is None:
        return
    activity = activity_of(change.new)
    if activity.about.kind != "deal" or activity.kind not in _STIRRING or activity.planned:
        return
    if activity.at <= into.now:
        into.once([store.stir(activity.workspace_id, activity.about.id, activity.at)])


def sweep(change: Change, into: Derivation) -> None:
    """The deal's time in the bin is over: what hung on it goes, too."""
    if change.new is None and change.old is not None:
        where, deal_id = change.old.workspace_id, _id(change)
        into.fact(events.QUEUE, events.deal_gone(workspace_id=where, deal_id=deal_id, at=into.now, cause=change.id))


def _deal(image: object) -> Deal | None:
    return store.to_domain(image) if isinstance(image, DealRecord) else None


def _id(change: Change) -> str:
    record = change.record
    assert isinstance(record, DealRecord)
    return record.deal_id


def _current(change: Change, into: Derivation) -> Deal | None:
    """The deal as it is now; None when it is gone or in the bin."""
    record = into.current(DealRecord, change.record.key)
    deal = store.to_domain(record) if record is not None else None
    return None if deal is None or deal.deleted_at is not None else deal


def _belongs(deal: Deal) -> list[About]:
    """The contact and the company of a deal."""
    contact, company = About("contact", deal.contact_id), About("company", deal.company_id)
    return [about for about in (contact, company) if about.id]


def _shown(deal: Deal) -> dict[str, str]:
    return {"title": deal.title, "amount": deal.amount_text, "currency": deal.currency}


def _closed(into: Derivation, deal: Deal, everybody: list[About]) -> None:
    kind = "deal_won" if deal.status is DealStatus.WON else "deal_lost"
    reason = deal.won_reason or deal.lost_reason
    _put(into, deal, kind, everybody, **_shown(deal), **({"reason": reason} if reason else {}))


def _put(into: Derivation, deal: Deal, kind: str, everybody: list[About], **data: str) -> None:
    """The same entry in several timelines. What a new deal was closed with happened when it was closed."""
    at = deal.updated_at
    if kind in ("deal_won", "deal_lost"):
        at = deal.closed_at or at
    elif deal.version == 1:
        at = deal.created_at
    for about in everybody:
        into.put(
            entry(
                workspace_id=deal.workspace_id,
                about=about,
                at=at,
                kind=kind,
                id=derived_id(at, kind, deal.id, str(deal.version)),
                data={"deal_id": deal.id, **data},
                actor=deal.changed_by,
            )
        )


def _names(into: Derivation, deals: list[Deal]) -> dict[str, str]:
    """What the contacts and companies of these deals are called now, by id."""
    if not deals:
        return {}
    workspace_id = deals[0].workspace_id
    contact_ids = {deal.contact_id for deal in deals} - {""}
    company_ids = {deal.company_id for deal in deals} - {""}
    people = contacts.get_contacts(table=into.table, workspace_id=workspace_id, contact_ids=contact_ids, follow=True)
    firms = companies.get_companies(table=into.table, workspace_id=workspace_id, company_ids=company_ids, follow=True)
    names = {contact_id: contact.display_name for contact_id, contact in people.items()}
    return names | {company_id: company.name for company_id, company in firms.items()}


def _texts(deal: Deal, names: dict[str, str]) -> list[str]:
    return [deal.title, names.get(deal.contact_id, ""), names.get(deal.company_id, "")]


def _index(
    into: Derivation, workspace_id: str, deal_id: str, deal: Deal | None, texts_old: list[str], names: dict[str, str]
) -> None:
    title, subtitle, texts, made = "", "", [], into.now
    if deal is not None:
        title, texts, made = deal.title, _texts(deal, names), deal.created_at
        worth = f"{deal.amount_text} {deal.currency}" if deal.amount else ""
        who = names.get(deal.company_id) or names.get(deal.contact_id) or ""
        subtitle = " · ".join(each for each in (worth, who) if each)
    index(into, workspace_id, "deal", deal_id, title, subtitle, texts_old, texts, at=made)


def _month_of(into: Derivation, workspace_id: str) -> MonthOf:
    workspace = get_workspace(table=into.table, workspace_id=workspace_id)
    return lambda instant: local_day(workspace, instant)[:7]


def _subject(record: DealRecord) -> str:
    return record.deal_id


PROJECTIONS: dict[str, list[Projection]] = {
    "deal": [note, keep_words, keep_rows, count, sweep, audited("deal", fields=_AUDITED, subject=_subject)],
    "deal_stage": [count_step],
    "activity": [stir],
    "contact": [follow_name],
    "company": [follow_name],
}
