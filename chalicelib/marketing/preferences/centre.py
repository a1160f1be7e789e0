"""The page behind a message's unsubscribe link: what it shows, and what a person's answers change."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.customers.consent import service as consent
from chalicelib.customers.consent.domain import Answer, SuppressionReason
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.signing import BadTokenError
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import PURPOSE, Campaign
from chalicelib.marketing.preferences import service
from chalicelib.marketing.preferences.domain import OWN, Frequency, Topics, frequency_of, paused_until
from chalicelib.marketing.preferences.service import Wish
from chalicelib.marketing.preferences.words import WORDS
from chalicelib.marketing.sending import service as sending
from chalicelib.marketing.tracking import service as tracking
from chalicelib.marketing.tracking.domain import Copy, copy_of
from chalicelib.marketing.tracking.judging import Request
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import get_workspace

PREVIEW = "preview"
"""Stands where a token would in previews and tests."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the page shows. ``purposes`` are what this person was ever asked, with the present answer; ``names`` what the workspace
    calls them; ``contact`` is None when the person is no longer known, ``campaign`` when the message was none's.
    """

    workspace: Workspace
    copy: Copy
    campaign: Campaign | None
    contact: Contact | None
    topics: Topics
    purposes: Mapping[str, bool]
    names: Mapping[str, Mapping[str, str]]
    frequency: Frequency
    paused_until: datetime | None
    everything_off: bool

    @property
    def leaving(self) -> str:
        """The purpose that unsubscribing withdraws: the one that the message was sent for."""
        return self.copy.purpose or PURPOSE

    @property
    def source(self) -> str:
        """What the ledger says that an answer came by."""
        return f"link:campaign:{self.copy.campaign_id}" if self.copy.campaign_id else "link:preferences"


def choices(*, runtime: Runtime, token: str, request: Request | None = None) -> Choices:
    """What somebody can choose and has chosen. Asking changes nothing but, where a ``request`` is given, the note that somebody
    looked, which tells machines from people. `NotFoundError` for a token that is not ours.
    """
    table = runtime.table
    try:
        copy = copy_of(runtime.signer, "unsubscribe", token)
    except BadTokenError as error:
        raise NotFoundError("There is no such page.") from error
    campaign = None
    if copy.campaign_id:
        campaign = campaigns.get_campaign(table=table, workspace_id=copy.workspace_id, campaign_id=copy.campaign_id)
        if request is not None:
            tracking.page_visited(table=table, clock=runtime.clock, copy=copy, request=request)
    contact = contacts.get_contacts(
        table=table, workspace_id=copy.workspace_id, contact_ids=[copy.contact_id], consistent=True, follow=True
    ).get(copy.contact_id)
    asked = {purpose for purpose in (contact.consents if contact else ()) if not purpose.startswith(OWN)}
    asked |= {copy.purpose} - {""}
    return Choices(
        workspace=get_workspace(table=table, workspace_id=copy.workspace_id),
        copy=copy,
        campaign=campaign,
        contact=contact,
        topics=service.get_topics(table=table, workspace_id=copy.workspace_id),
        purposes={
            purpose: contact is not None and contact.consented(purpose)
            for purpose in (PURPOSE, *sorted(asked - {PURPOSE}))
        },
        names={each.id: each.name for each in consent.get_purposes(table=table, workspace_id=copy.workspace_id).items},
        frequency=frequency_of(contact) if contact else "all",
        paused_until=paused_until(contact, runtime.clock.now()) if contact else None,
        everything_off=contact is not None and _everything_off(runtime, contact),
    )


def unsubscribe(*, runtime: Runtime, token: str, source_ip: str, shown_in: str, everything: bool = False) -> Choices:
    """Withdraw the consent that the message was sent by (marketing e-mail, if it was a campaign's); with ``everything`` every consent, and
    no mail at all to this address any more.

    Doing it again changes nothing. The next claim of any campaign sees it.
    """
    found = choices(runtime=runtime, token=token)
    contact = found.contact
    if contact is not None:
        text = WORDS[shown_in]["everything" if everything else "leave"].format(workspace=found.workspace.name)
        withdrawn = [
            purpose
            for purpose, granted in found.purposes.items()
            if granted or (purpose == found.leaving and not _said_no(contact, purpose))
        ]
        answers = [Answer(each, False, text, "") for each in withdrawn if everything or each == found.leaving]
        if answers:
            _answer(runtime, found, contact, answers, source_ip)
        if everything and contact.email:
            consent.suppress(
                table=runtime.table,
                clock=runtime.clock,
                signer=runtime.signer,
                workspace_id=contact.workspace_id,
                email=contact.email,
                reason=SuppressionReason.UNSUBSCRIBED,
                source=found.source.removeprefix("link:"),
                actor="public",
            )
    _left(runtime, found)
    return choices(runtime=runtime, token=token)


def choose(*, runtime: Runtime, token: str, wish: Wish, shown_in: str, source_ip: str) -> Choices:
    """Take the person's answers: those to purposes they were never asked are left out. A yes to anything takes back that nothing
    at all should come, where the person had said so themselves.
    """
    found = choices(runtime=runtime, token=token)
    contact = found.contact
    if contact is None:
        return found
    asked = {purpose: wanted for purpose, wanted in wish.purposes.items() if purpose in found.purposes}
    labels = {purpose: label(found, purpose, shown_in) for purpose in asked}
    service.take(
        table=runtime.table,
        clock=runtime.clock,
        workspace=found.workspace,
        contact=contact,
        wish=replace(wish, purposes=asked),
        shown_in=shown_in,
        source=found.source,
        source_ip=source_ip,
        labels=labels,
    )
    if wish.frequency not in (None, "all"):
        _counts_from_here(runtime, found, contact)
    if any(asked.values()) and found.everything_off:
        # Only what the person said themselves can be taken back here: a bounced address stays suppressed.
        consent.unsubscribed_no_more(
            table=runtime.table, signer=runtime.signer, workspace_id=contact.workspace_id, email=contact.email
        )
    if asked.get(PURPOSE) is False:
        _left(runtime, found)
    return choices(runtime=runtime, token=token)


def label(found: Choices, purpose: str, language: str) -> str:
    """A purpose in words: what the workspace calls it, ours where it is everybody's first, else its name without underscores."""
    if purpose == PURPOSE:
        return WORDS[language]["marketing_email"]
    name, _, channel = purpose.partition(":")
    named = found.names.get(name, {}).get(language) or name.replace("_", " ").capitalize()
    return f"{named} ({WORDS[language].get(f'channel_{channel}', channel)})" if channel else named


def _said_no(contact: Contact, purpose: str) -> bool:
    return purpose in contact.consents and not contact.consented(purpose)


def _answer(runtime: Runtime, found: Choices, contact: Contact, answers: list[Answer], source_ip: str) -> None:
    consent.answer(
        table=runtime.table,
        clock=runtime.clock,
        workspace_id=contact.workspace_id,
        contact_id=contact.id,
        answers=answers,
        source=found.source,
        source_ip=source_ip,
        actor="public",
    )


def _left(runtime: Runtime, found: Choices) -> None:
    """Note in the campaign's ledger that this copy made the person leave."""
    if found.campaign is None:
        return
    now = runtime.clock.now()
    key = sending.key_of(
        workspace_id=found.copy.workspace_id,
        campaign_id=found.copy.campaign_id,
        contact_id=found.copy.contact_id,
        shards=found.campaign.shards,
    )
    sending.happened(table=runtime.table, key=key, what="unsubscribed_at", at=now, now=now)


def _counts_from_here(runtime: Runtime, found: Choices, contact: Contact) -> None:
    """The message with the link is the first that counts for "once a week": the next comes a week after it."""
    if found.campaign is not None:
        sending.remember_mail(
            table=runtime.table,
            workspace_id=contact.workspace_id,
            contact_id=contact.id,
            campaign=found.campaign,
            copy_of=found.copy.contact_id,
        )


def _everything_off(runtime: Runtime, contact: Contact) -> bool:
    emails = [contact.email] if contact.email else []
    found = consent.suppressed(
        table=runtime.table, signer=runtime.signer, workspace_id=contact.workspace_id, emails=emails
    )
    return any(each.reason is SuppressionReason.UNSUBSCRIBED for each in found.values())
