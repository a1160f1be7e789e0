"""What people ask of the ledger and of messages: who got it, what it will look like, what it will cost."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from chalicelib.customers.consent import service as consent
from chalicelib.customers.consent.domain import SuppressionReason
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from chalicelib.foundation.ids import is_id, new_id
from chalicelib.foundation.mail import MailDeferredError, MailRefusedError, MailUnknownError
from chalicelib.foundation.messaging import Queues
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Key, Table
from chalicelib.marketing.campaigns import events
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import Campaign, CampaignState
from chalicelib.marketing.sending import conversions, domain, ledger, store, visits
from chalicelib.marketing.sending.domain import FrequencyCap, Preview, Recipient, State, Visits
from chalicelib.marketing.sending.records import VISIT_SHARDS, recipient_key
from chalicelib.marketing.templates import service as templates
from chalicelib.marketing.templates.domain import Body, Names, Wording
from chalicelib.marketing.templates.people import somebody
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import get_workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.marketing.sending.letters import Letters
    from chalicelib.marketing.sending.message import Letter

_SCAN_LIMIT = 2000


def letters(*, runtime: Runtime, campaign: Campaign) -> "Letters":
    """The campaign's message in all its texts, each compiled when it is first asked for."""
    from chalicelib.marketing.sending.letters import Letters  # brings Jinja

    def make(one: Campaign, name: str) -> "Letter":
        table = runtime.table
        body = campaigns.get_body(table=table, workspace_id=one.workspace_id, campaign_id=one.id, name=name)
        return _made(runtime, one, body)

    return Letters(campaign, make)


def preview(
    *,
    runtime: Runtime,
    workspace_id: str,
    campaign_id: str,
    contact_id: str = "",
    variant: int | None = None,
    language: str = "",
) -> Preview:
    """The message as a contact would see it, or somebody made up; in the text of a variant or language if it is named."""
    table = runtime.table
    campaign = campaigns.get_campaign(table=table, workspace_id=workspace_id, campaign_id=campaign_id, consistent=True)
    if contact_id:
        contact = contacts.get_contact(table=table, workspace_id=workspace_id, contact_id=contact_id)
    else:
        contact = somebody(workspace_id, language or campaign.language, runtime.clock.now())
    made = _chosen(runtime, campaign, contact, variant, language)
    return made.preview(contact=contact, now=runtime.clock.now())


def send_test(
    *, runtime: Runtime, workspace_id: str, campaign_id: str, to: str, variant: int | None = None, language: str = ""
) -> None:
    """Send the campaign's message once to an address of the marketer's, in the text of a variant or language if it is named; errors
    as in `send_template_test`.
    """
    campaign = campaigns.get_campaign(
        table=runtime.table, workspace_id=workspace_id, campaign_id=campaign_id, consistent=True
    )
    _try_out(runtime, campaign, lambda contact: _chosen(runtime, campaign, contact, variant, language), to)


def send_template_test(*, runtime: Runtime, workspace: Workspace, wording: Wording, language: str, to: str) -> None:
    """Send a mail that is being written, or a template's, once to an address of the marketer's, marked as a test in nothing but its
    links.

    `InvalidError` names what does not compile, or ``to`` when the provider refuses it, or the address bounced, complained or was put on
    the suppression list by hand; `UnavailableError` when it is busy or silent.
    """
    now = runtime.clock.now()
    looked = templates.look(table=runtime.table, workspace=workspace, wording=wording, language=language)
    campaign = Campaign(
        workspace_id=workspace.id,
        id=new_id(now),
        name="",
        subject=wording.subject,
        preheader=wording.preheader,
        language=language,
        created_at=now,
        updated_at=now,
    )
    _try_out(runtime, campaign, lambda contact: _made(runtime, campaign, looked.body, looked.names), to)  # noqa: ARG005 - the same for all


def _made(runtime: Runtime, campaign: Campaign, body: Body, names: Names = Names()) -> "Letter":  # noqa: B008
    from chalicelib.marketing.sending.message import Letter  # brings Jinja

    return Letter(
        campaign=campaign,
        body=body,
        workspace=get_workspace(table=runtime.table, workspace_id=campaign.workspace_id),
        public_url=runtime.public_url,
        signer=runtime.signer,
        names=names,
    )


def _chosen(runtime: Runtime, campaign: Campaign, contact: Contact, variant: int | None, language: str) -> "Letter":
    """The letter of the text that is named, or that the contact would get."""
    if variant is None:
        variant = campaign.variant_for(contact.id) or 0
    elif variant > len(campaign.ab_test.variants if campaign.ab_test else ()):
        raise InvalidError("There is no such variant.", field="variant", code="not_found")
    if language and language != campaign.language and language not in campaign.translations:
        raise InvalidError("The campaign is not there in this language.", field="language", code="not_found")
    name = campaign.text_for(variant, language or contact.language)
    return letters(runtime=runtime, campaign=campaign).text(name)


def _try_out(runtime: Runtime, campaign: Campaign, letter: "Callable[[Contact], Letter]", to: str) -> None:
    """Send a contact's letter to an address: theirs if it is known, else as if to somebody made up."""
    from chalicelib.customers.contacts.addresses import normalise_email

    table, workspace_id = runtime.table, campaign.workspace_id
    try:
        address = normalise_email(to)
    except InvalidError as error:
        raise InvalidError("This is no e-mail address.", field="to", code="email") from error
    listed = consent.suppressed(table=table, signer=runtime.signer, workspace_id=workspace_id, emails=[address])
    if address in listed and listed[address].reason is not SuppressionReason.UNSUBSCRIBED:
        code = f"suppressed_{listed[address].reason.value}"
        raise InvalidError("This address must not be mailed.", field="to", code=code)
    contact_id = contacts.find_by_email(table=table, workspace_id=workspace_id, email=address)
    known = contacts.get_contacts(
        table=table, workspace_id=workspace_id, contact_ids=[contact_id] if contact_id else []
    )
    contact = known.get(contact_id or "") or somebody(workspace_id, campaign.language, runtime.clock.now())
    now = runtime.clock.now()
    made = letter(contact)
    if not made.source:
        raise InvalidError("There is no sender address.", field="from.email", code="sender_missing")
    try:
        mime = made.test(contact=contact, email=address, nonce=new_id(now), now=now)
    except ValueError as error:
        raise InvalidError("This address cannot be mailed.", field="to", code="email") from error
    try:
        tags = {"workspace": workspace_id, "purpose": "test"}
        message_id = runtime.mailer.send(source=made.source, recipient=address, mime=mime, tags=tags)
    except MailRefusedError as error:
        message = f"The mail provider refuses it: {error.code}."
        raise InvalidError(message, field="to", code="refused") from error
    except (MailDeferredError, MailUnknownError) as error:
        raise UnavailableError("The mail provider did not answer; the test may or may not arrive.") from error
    store.put_test_mail(table, workspace_id, message_id, now)


@dataclass(frozen=True, slots=True)
class RecipientsPage:
    """Recipients, and the position (shard, row) to go on from."""

    items: list[Recipient]
    next: list[str] | None


def recipients(
    *,
    table: Table,
    workspace_id: str,
    campaign_id: str,
    email: str = "",
    state: str = "",
    start: list[str] | None = None,
    limit: int = 50,
) -> RecipientsPage:
    """Rows of the ledger, shard by shard; those of one address, or in one (shown) state, if asked for.

    A page may be short although there is more: a filter looks at a bounded number of rows for each page.
    """
    campaign = campaigns.get_campaign(table=table, workspace_id=workspace_id, campaign_id=campaign_id, consistent=True)
    if email:
        found = _by_email(table, campaign, email)
        return RecipientsPage([row for row in found if not state or row.shown_state == state], None)
    shard, after = (int(start[0]), start[1]) if start else (0, "")
    rows: list[Recipient] = []
    looked = 0
    while shard < campaign.shards and len(rows) < limit and looked < _SCAN_LIMIT:
        size = limit - len(rows) if not state else 200
        page = store.recipients(table, workspace_id, campaign_id, shard, after=after, limit=size)
        looked += max(len(page), 1)
        for record in page:
            row = ledger.recipient_of(record)
            after = record.sk
            if not state or row.shown_state == state:
                rows.append(row)
            if len(rows) == limit:
                break
        else:
            if len(page) < size:
                shard, after = shard + 1, ""
    return RecipientsPage(rows, [str(shard), after] if shard < campaign.shards else None)


def resolve(
    *,
    table: Table,
    clock: Clock,
    queues: Queues,
    workspace_id: str,
    campaign_id: str,
    contact_id: str,
    was_sent: bool,
) -> Recipient:
    """A person decides what became of a parked recipient: it was sent, or is to be sent again. `ConflictError` with the present
    row when it is not parked.
    """
    campaign = campaigns.get_campaign(table=table, workspace_id=workspace_id, campaign_id=campaign_id, consistent=True)
    row = get_recipient(table=table, campaign=campaign, contact_id=contact_id)
    if row.state is not State.PARKED:
        raise ConflictError("Only a parked recipient can be resolved.", current=row)
    if not was_sent and campaign.state is CampaignState.CANCELLED:
        raise ConflictError("A cancelled campaign sends nothing more.", current=row)
    now = clock.now()
    if not was_sent:
        # The shard is opened first: a row that is pending in a shard that is done would be forgotten.
        store.reopen(table, campaign, row.shard, now)
        campaigns.reopen(table=table, clock=clock, workspace_id=workspace_id, campaign_id=campaign_id)
    if not ledger.resolve(table, row, now, was_sent=was_sent):
        raise ConflictError(current=get_recipient(table=table, campaign=campaign, contact_id=contact_id))
    if not was_sent:
        queues.publish("campaign-send", [events.walk(campaign, now, row.shard)])
    return get_recipient(table=table, campaign=campaign, contact_id=contact_id)


def get_recipient(*, table: Table, campaign: Campaign, contact_id: str) -> Recipient:
    """One row of the ledger; `NotFoundError` when this contact is not in the audience."""
    row = None
    if is_id(contact_id):
        row = ledger.read(table, recipient_key(campaign.workspace_id, campaign.id, contact_id, campaign.shards))
    if row is None:
        raise NotFoundError("This contact is not in the campaign's audience.")
    return row


def key_of(*, workspace_id: str, campaign_id: str, contact_id: str, shards: int) -> Key:
    """Where a recipient's row stands."""
    return recipient_key(workspace_id, campaign_id, contact_id, shards)


def shard_of(contact_id: str, shards: int) -> int:
    """In which of a campaign's shards a contact's row and what belongs to it stand."""
    return domain.shard_of(contact_id, shards)


def get_cap(*, table: Table, workspace_id: str) -> FrequencyCap:
    """The workspace's frequency cap."""
    return store.cap(table, workspace_id)


def change_cap(*, table: Table, clock: Clock, workspace_id: str, cap: FrequencyCap, changed_by: str) -> FrequencyCap:
    """Set it; it counts from now on."""
    store.put_cap(table, workspace_id, cap, clock.now(), changed_by)
    return cap


def remember_mail(*, table: Table, workspace_id: str, contact_id: str, campaign: Campaign, copy_of: str) -> None:
    """Count the campaign's copy of ``copy_of`` (the contact, or one merged into it) for the contact's own frequency."""
    row = ledger.read(table, recipient_key(workspace_id, campaign.id, copy_of, campaign.shards))
    if row is not None and row.sent_at is not None:
        known = store.recent(table, workspace_id, [contact_id]).get(contact_id)
        store.reserve(table, workspace_id, contact_id, campaign.id, [], row.sent_at, known)


def _by_email(table: Table, campaign: Campaign, email: str) -> list[Recipient]:
    contact_id = contacts.find_by_email(table=table, workspace_id=campaign.workspace_id, email=email)
    if contact_id is None:
        return []
    row = ledger.read(table, recipient_key(campaign.workspace_id, campaign.id, contact_id, campaign.shards))
    return [row] if row is not None else []


def proven(*, table: Table, key: Key, attempt: int, at: datetime, now: datetime, message_id: str = "") -> bool:
    """Something shows that this attempt reached the provider. A row that was in doubt is settled, and its shard looked at soon."""
    moved = ledger.proof(table, key, attempt, at, now, message_id)
    if moved:
        _, workspace_id, _, campaign_id, shard = key.pk.split("#")
        store.wake(table, workspace_id, campaign_id, int(shard), now)
    return moved


def rejected(*, table: Table, key: Key, attempt: int, now: datetime, reason: str) -> bool:
    """The provider took this attempt and then refused to send it."""
    moved = ledger.rejected(table, key, attempt, now, reason)
    if moved:
        _, workspace_id, _, campaign_id, shard = key.pk.split("#")
        store.wake(table, workspace_id, campaign_id, int(shard), now)
    return moved


def read(*, table: Table, key: Key) -> Recipient | None:
    """The row at a key."""
    return ledger.read(table, key)


def happened(*, table: Table, key: Key, what: str, at: datetime, now: datetime, **more: str) -> bool:
    """The first time of an event of a recipient; see `ledger.happened`."""
    return ledger.happened(table, key, what, at, now, **more)


def soft_bounced(*, table: Table, key: Key, event: str, now: datetime) -> bool:
    """A mailbox did not take the message this time; the provider goes on trying. ``event`` is the report's own id."""
    return ledger.collected(table, key, "soft_bounces", event, now)


def find_message(*, table: Table, message_id: str) -> tuple[bool, Key | None]:
    """Whether a provider's message is known at all, and where its recipient's row stands if it is a campaign's."""
    return ledger.by_message(table, message_id)


def ledger_key(*, workspace_id: str, campaign_id: str, contact_id: str, shard: int) -> Key:
    """Where a recipient's row stands, when its shard is known."""
    return ledger.key_of(Recipient(workspace_id, campaign_id, shard, contact_id, "", State.SENT))


def key_of_row(row: Recipient) -> Key:
    """Where a recipient's row stands."""
    return ledger.key_of(row)


def visits_of(row: Recipient) -> Visits:
    """What the row says of its visits."""
    return visits.of(row)


def converted(
    *, table: Table, key: Key, at: datetime, since: datetime, ref: str, revenue: Decimal, currency: str, now: datetime
) -> bool:
    """A recipient did what the campaign wanted; see `conversions.converted`."""
    return conversions.converted(table, key, at=at, since=since, ref=ref, revenue=revenue, currency=currency, now=now)


def conversion_taken_back(*, table: Table, key: Key, ref: str, now: datetime) -> bool:
    """It is not so any more; see `conversions.taken_back`."""
    return conversions.taken_back(table, key, ref=ref, now=now)


def follow_visits(*, table: Table, row: Recipient, found: Visits, now: datetime, judged_at: datetime) -> bool:
    """Write what is known of a recipient's visits; see `visits.follow`."""
    return visits.follow(table, row, found, now, judged_at)


def settle_visits(*, table: Table, now: datetime, limit: int) -> int:
    """Settle visits that are due, at most ``limit`` in each part of the index; how many."""
    settled = 0
    for shard in range(VISIT_SHARDS):
        for row, due in visits.to_settle(table, shard, now, limit=limit):
            settled += visits.settle(table, row, due, now)
    return settled
