"""Before it is sent: how many will get a campaign, who is left out at which step and why, and what it will cost."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import Campaign, Cost, Plan, cost
from chalicelib.marketing.prices.service import get_prices
from chalicelib.marketing.segments import service as segments
from chalicelib.marketing.sending import audience
from chalicelib.marketing.sending.checks import Checks
from chalicelib.marketing.sending.domain import Reason, Recipient, State

SAMPLE_LIMIT = 5000
"""People that an estimate looks at one by one; beyond them it reckons from the shares it found."""
_PAGE = 250
_STEPS: tuple[tuple[str, frozenset[str]], ...] = (
    (Reason.EXCLUDED_SEGMENT, frozenset({Reason.EXCLUDED_SEGMENT})),
    (Reason.NO_ADDRESS, frozenset({Reason.NO_ADDRESS, Reason.CONTACT_DELETED, Reason.CONTACT_MERGED})),
    ("consent", frozenset({Reason.CONSENT_MISSING, Reason.CONSENT_WITHDRAWN})),
    ("preferences", frozenset({Reason.PAUSED, Reason.TOPIC_DECLINED})),
    (Reason.SUPPRESSED, frozenset({Reason.SUPPRESSED})),
    (Reason.DUPLICATE_ADDRESS, frozenset({Reason.DUPLICATE_ADDRESS})),
    (Reason.FREQUENCY_CAP, frozenset({Reason.FREQUENCY_CAP, Reason.FREQUENCY_CHOSEN})),
)
"""The steps from the segments' members to those who will get it, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Step:
    """How many are left after a step."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """Who a campaign would go to and what it would cost: of the ``audience`` (members of its segments, each once) ``sendable`` will
    get it and the others are ``excluded``, counted by reason. Where it is not ``exact`` the audience was too big to look at each
    one, and all figures are reckoned from those who were looked at. ``size`` is the message's, in bytes.
    """

    audience: int
    sendable: int
    exact: bool
    excluded: dict[str, int]
    steps: list[Step]
    size: int
    cost: Cost


def estimate(*, runtime: Runtime, workspace_id: str, campaign_id: str) -> Estimate:
    """Look at the audience as it is now, through the same eyes as the planner and the sender."""
    table = runtime.table
    campaign = campaigns.get_campaign(table=table, workspace_id=workspace_id, campaign_id=campaign_id, consistent=True)
    body = campaigns.get_body(table=table, workspace_id=workspace_id, campaign_id=campaign_id)
    seen: set[str] = set()
    addresses: set[str] = set()
    reasons: Counter[str] = Counter()
    exact = True
    for contact_ids, left_out in _pages(table, campaign):
        new = [contact_id for contact_id in dict.fromkeys(contact_ids) if contact_id not in seen]
        seen.update(new)
        inside = {contact_id: left_out[contact_id] for contact_id in new if contact_id in left_out}
        reasons.update(_reasons(runtime, campaign, new, inside, addresses).values())
        if len(seen) >= SAMPLE_LIMIT:
            exact = False
            break
    looked = len(seen)
    audience_size = looked if exact else max(_members(table, campaign), looked)
    excluded = _scaled(reasons, looked, audience_size)
    sendable = audience_size - sum(excluded.values())
    size = len(body.html.encode()) + len(body.text.encode())
    prices = get_prices(table=table, workspace_id=workspace_id)
    steps = _steps(audience_size, excluded)
    return Estimate(audience_size, sendable, exact, excluded, steps, size, cost(sendable, size, prices))


def reason_now(*, runtime: Runtime, campaign: Campaign, contact: Contact) -> str:
    """Why this contact, if it were in the audience, would not get the campaign now; empty when nothing speaks against it."""
    return _reasons(runtime, campaign, [contact.id], {}, set()).get(contact.id, "")


def _pages(table: Table, campaign: Campaign) -> Iterator[tuple[list[str], dict[str, str]]]:
    plan = Plan()
    while plan.segment < audience.sources(campaign):
        try:
            found = audience.page(table, campaign, plan, limit=_PAGE)
        except audience.ExcludedMissingError as error:
            message = "A segment to leave out is gone."
            raise InvalidError(message, field="exclude_segment_ids", code="not_found") from error
        yield found.contact_ids, dict(found.excluded)
        plan = found.plan


def _reasons(
    runtime: Runtime, campaign: Campaign, contact_ids: list[str], left_out: dict[str, str], addresses: set[str]
) -> dict[str, str]:
    """Why some of these would not get it, by contact. ``addresses`` are those that have been seen, and grow."""
    table, now = runtime.table, runtime.clock.now()
    reasons: dict[str, str] = dict.fromkeys(left_out, Reason.EXCLUDED_SEGMENT)
    asked = [contact_id for contact_id in contact_ids if contact_id not in reasons]
    found = contacts.get_contacts(table=table, workspace_id=campaign.workspace_id, contact_ids=asked, gone=True)
    rows = []
    for contact_id in asked:
        contact = found.get(contact_id)
        if contact is None or contact.gone:
            merged = contact is not None and contact.merged_into
            reasons[contact_id] = Reason.CONTACT_MERGED if merged else Reason.CONTACT_DELETED
        elif not contact.email:
            reasons[contact_id] = Reason.NO_ADDRESS
        else:
            rows.append(
                Recipient(campaign.workspace_id, campaign.id, 0, contact_id, contact.email, State.PENDING, state_at=now)
            )
    if not rows:
        return reasons
    checks = Checks.read(table, runtime.clock, runtime.signer, campaign, rows)
    for row in rows:
        reason = checks.refusal(row).partition(":")[0]
        if not reason and row.email in addresses:
            reason = Reason.DUPLICATE_ADDRESS
        reason = reason or checks.cap_reached(row)
        if reason:
            reasons[row.contact_id] = reason
        else:
            addresses.add(row.email)
    return reasons


def _members(table: Table, campaign: Campaign) -> int:
    """How many the audience has at most."""
    if campaign.resend_of:
        counts = campaigns.counts(table=table, workspace_id=campaign.workspace_id, campaign_id=campaign.resend_of)
        return max(counts["sent"] - counts["opened"], 0)
    found = segments.get_segments(table=table, workspace_id=campaign.workspace_id, ids=campaign.segment_ids)
    return sum(segment.count for segment in found.values())


def _scaled(reasons: Counter[str], looked: int, whole: int) -> dict[str, int]:
    counted = {str(reason): count for reason, count in reasons.items()}
    if looked == whole:
        return counted
    return {reason: round(count * whole / looked) for reason, count in counted.items()}


def _steps(whole: int, excluded: dict[str, int]) -> list[Step]:
    steps, left = [Step("segments", whole)], whole
    for name, reasons in _STEPS:
        left -= sum(count for reason, count in excluded.items() if reason in reasons)
        steps.append(Step(str(name), left))
    steps.append(Step("sendable", whole - sum(excluded.values())))
    return steps
