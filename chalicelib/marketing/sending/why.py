"""Did somebody get a campaign, and why not? Answered from the ledger, and from what is known of the person and the segments."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.customers.consent import service as consent
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.addresses import normalise_email
from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation.clock import from_text
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import PURPOSE, REST, Campaign, CampaignState
from chalicelib.marketing.segments import service as segments
from chalicelib.marketing.sending import audience, estimates, ledger, store
from chalicelib.marketing.sending.domain import Reason, Recipient, State
from chalicelib.marketing.sending.records import recipient_key

_TIMES = ("sent_at", "delivered_at", "opened_at", "clicked_at", "unsubscribed_at", "bounced_at", "complained_at")
_REACHED = ("clicked_at", "opened_at", "delivered_at")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something that shows why: what it is, when it was, the id of the thing, and more that its words need."""

    code: str
    at: datetime | None = None
    id: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Why:
    """``outcome`` is one of ``received``, ``sent`` (not known to have arrived), ``not_received``, ``not_sent``, ``on_its_way``,
    ``unknown`` (nobody can say), ``would_get``, ``would_not_get`` (it is not sent yet) and ``unknown_person``; ``code`` says why.
    """

    outcome: str
    code: str
    email: str = ""
    contact_id: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    recipient: Recipient | None = None
    planned: bool = False


def why(*, runtime: Runtime, workspace_id: str, campaign_id: str, email: str = "", contact_id: str = "") -> Why:
    """The answer about the person with this address or id. `InvalidError` names ``email`` when neither can be looked up."""
    table = runtime.table
    campaign = campaigns.get_campaign(table=table, workspace_id=workspace_id, campaign_id=campaign_id, consistent=True)
    if not email and not contact_id:
        raise InvalidError("Say whom.", field="email", code="missing")
    address = _address(email) if email else ""
    found = contact_id or contacts.find_by_email(table=table, workspace_id=workspace_id, email=address) or ""
    known = contacts.get_contacts(
        table=table, workspace_id=workspace_id, contact_ids=[found] if found else [], consistent=True, gone=True
    )
    contact = known.get(found)
    planned = campaign.audience is not None
    if contact is None:
        listed = tuple(_suppressions(runtime, workspace_id, address))
        key = recipient_key(workspace_id, campaign.id, found, campaign.shards) if is_id(found) else None
        left = ledger.read(table, key) if key is not None else None
        erased = left is not None or any(each.params.get("reason") == "erased" for each in listed)
        code = "erased" if erased else "no_contact"
        return Why("unknown_person", code, address, found, evidence=listed, recipient=left, planned=planned)
    row = _row(runtime, campaign, contact)
    answer = _of_row(runtime, campaign, contact, row) if row is not None else _without(runtime, campaign, contact)
    outcome, code, params, evidence = answer
    return Why(outcome, code, address or contact.email, contact.id, params, tuple(evidence), row, planned)


_Answer = tuple[str, str, Mapping[str, str], list[Evidence]]


def _row(runtime: Runtime, campaign: Campaign, contact: Contact) -> Recipient | None:
    """The row of the contact, or of one that was merged into it: of several the one that was sent to."""
    keys = [recipient_key(campaign.workspace_id, campaign.id, each, campaign.shards) for each in contact.all_ids]
    rows = ledger.read_many(runtime.table, keys)
    return max(rows, key=lambda row: (row.state is State.SENT, row.contact_id == contact.id), default=None)


def _of_row(runtime: Runtime, campaign: Campaign, contact: Contact, row: Recipient) -> _Answer:
    happened = [Evidence(name.removesuffix("_at"), at) for name in _TIMES if (at := getattr(row, name)) is not None]
    if row.state is State.SENT:
        if row.bounced_at is not None:
            return "not_received", "bounced", {"kind": row.bounce_kind}, happened
        reached = next((name.removesuffix("_at") for name in _REACHED if getattr(row, name) is not None), "")
        if row.complained_at is not None:
            return "received", "complained", {}, happened
        return ("received", reached, {}, happened) if reached else ("sent", "sent", {}, happened)
    if row.state is State.FAILED:
        return "not_sent", "failed", {"reason": row.reason}, [Evidence("failed", row.state_at)]
    if row.state is State.SUPPRESSED:
        code, _, detail = row.reason.partition(":")
        evidence = [Evidence("left_out", row.state_at), *_shown_by(runtime, campaign, contact, code, detail)]
        return "not_sent", code, {"detail": detail} if detail else {}, evidence
    if row.state in (State.UNKNOWN, State.PARKED):
        return "unknown", "no_evidence", {"attempt": str(row.attempt)}, [Evidence("no_evidence", row.state_at)]
    return _waiting(campaign, row)


def _waiting(campaign: Campaign, row: Recipient) -> _Answer:
    if campaign.state is CampaignState.CANCELLED:
        return "not_sent", Reason.CANCELLED, {}, [Evidence("cancelled", campaign.finished_at)]
    if campaign.state is CampaignState.PAUSED:
        return "on_its_way", "campaign_paused", {"reason": campaign.stop_reason}, []
    if row.variant == REST and campaign.ab is not None and campaign.ab.winner is None:
        return "on_its_way", "waits_for_winner", {}, [Evidence("decides", campaign.ab.decide_at)]
    if row.not_before is not None:
        return "on_its_way", "waits_until", {"reason": row.reason}, [Evidence("not_before", row.not_before)]
    return "on_its_way", row.state.value, {}, []


def _without(runtime: Runtime, campaign: Campaign, contact: Contact) -> _Answer:
    """Nobody has planned this contact."""
    if campaign.audience is None and campaign.state is not CampaignState.CANCELLED:
        return _would(runtime, campaign, contact)
    if campaign.state is CampaignState.CANCELLED and campaign.audience is None:
        return "not_sent", Reason.CANCELLED, {}, [Evidence("cancelled", campaign.finished_at)]
    if campaign.started_at is not None and contact.created_at > campaign.started_at:
        dates = [Evidence("contact_made", contact.created_at), Evidence("campaign_started", campaign.started_at)]
        return "not_sent", "made_after_planning", {}, dates
    code = "not_silent" if campaign.resend_of else "not_in_segments"
    return "not_sent", code, {}, _memberships(runtime, campaign, contact)


def _would(runtime: Runtime, campaign: Campaign, contact: Contact) -> _Answer:
    evidence = _memberships(runtime, campaign, contact)
    if not any(each.code in ("in_segment", "silent") for each in evidence):
        return "would_not_get", "not_silent" if campaign.resend_of else "not_in_segments", {}, evidence
    try:
        out = audience.excluded(runtime.table, campaign, [contact.id])
    except audience.ExcludedMissingError:
        return "would_not_get", "excluded_missing", {}, evidence
    if out:
        more = list(_shown_by(runtime, campaign, contact, Reason.EXCLUDED_SEGMENT, out[contact.id]))
        return "would_not_get", Reason.EXCLUDED_SEGMENT, {"detail": out[contact.id]}, more
    reason = estimates.reason_now(runtime=runtime, campaign=campaign, contact=contact)
    if reason:
        return "would_not_get", reason, {}, list(_shown_by(runtime, campaign, contact, reason, ""))
    return "would_get", "would_get", {}, evidence


def _memberships(runtime: Runtime, campaign: Campaign, contact: Contact) -> list[Evidence]:
    """In which of the campaign's segments the contact is now, or whether they were silent when it was sent before."""
    table, workspace_id = runtime.table, campaign.workspace_id
    if campaign.resend_of:
        original = campaigns.get_campaign(table=table, workspace_id=workspace_id, campaign_id=campaign.resend_of)
        row = _row(runtime, original, contact)
        silent = row is not None and audience.is_silent(row)
        return [Evidence("silent" if silent else "not_silent", row.sent_at if row else None, campaign.resend_of)]
    found = segments.get_segments(table=table, workspace_id=workspace_id, ids=campaign.segment_ids)
    return [
        Evidence(
            "in_segment"
            if segments.members_among(
                table=table, workspace_id=workspace_id, segment_id=segment_id, contact_ids=[contact.id]
            )
            else "not_in_segment",
            None,
            segment_id,
            {"name": segment.name},
        )
        for segment_id, segment in found.items()
    ]


def _shown_by(runtime: Runtime, campaign: Campaign, contact: Contact, code: str, detail: str) -> Iterator[Evidence]:
    """What shows that this reason holds, with its dates and ids."""
    table, workspace_id = runtime.table, campaign.workspace_id
    match code:
        case Reason.SUPPRESSED:
            yield from _suppressions(runtime, workspace_id, contact.email)
        case Reason.CONSENT_WITHDRAWN:
            answer = contact.consents.get(PURPOSE)
            if answer is not None:
                yield Evidence(answer.state.value, answer.at, answer.ledger_id, {"source": answer.source})
        case Reason.EXCLUDED_SEGMENT:
            found = segments.get_segments(table=table, workspace_id=workspace_id, ids=[detail])
            name = found[detail].name if detail in found else ""
            yield Evidence("in_excluded_segment", None, detail, {"name": name})
        case Reason.FREQUENCY_CAP | Reason.FREQUENCY_CHOSEN:
            record = store.recent(table, workspace_id, [contact.id]).get(contact.id)
            for campaign_id, at in (record.sent if record is not None else {}).items():
                yield Evidence("other_campaign", from_text(at), campaign_id)
        case Reason.CONTACT_MERGED:
            yield Evidence("merged", contact.updated_at, contact.merged_into)
        case Reason.CONTACT_DELETED:
            yield Evidence("deleted", contact.deleted_at or contact.updated_at, contact.id)
        case Reason.CANCELLED:
            yield Evidence("cancelled", campaign.finished_at, campaign.id)


def _address(email: str) -> str:
    try:
        return normalise_email(email)
    except InvalidError as error:
        raise InvalidError("This is no e-mail address.", field="email", code="email") from error


def _suppressions(runtime: Runtime, workspace_id: str, email: str) -> Iterator[Evidence]:
    if not email:
        return
    listed = consent.suppressed(
        table=runtime.table, signer=runtime.signer, workspace_id=workspace_id, emails=[email], consistent=True
    )
    for found in listed.values():
        yield Evidence("suppressed", found.at, "", {"reason": found.reason.value, "source": found.source})
