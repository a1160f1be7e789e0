"""Copies of a campaign for the workspace's own mailboxes (the seed list): each is a single mail, marked, and in no audience."""

from chalicelib.customers.consent import service as consent
from chalicelib.customers.contacts.domain import Contact, EmailAddress
from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import Campaign
from chalicelib.marketing.domains import service as domains
from chalicelib.marketing.messages import events, store
from chalicelib.marketing.messages.domain import SEED, TRANSACTIONAL, Message
from chalicelib.marketing.messages.service import digest_of, sealed
from chalicelib.marketing.sending import service as sending

HEADER = "X-Clientela-Seed"


def seed(runtime: Runtime, *, workspace_id: str, campaign_id: str) -> None:
    """Order a copy for each address of the seed list. Repeated, it orders the same ones, which are sent once."""
    emails = domains.get_seeds(table=runtime.table, workspace_id=workspace_id)
    if not emails:
        return
    try:
        campaign = campaigns.get_campaign(table=runtime.table, workspace_id=workspace_id, campaign_id=campaign_id)
    except NotFoundError:
        return
    listed = consent.suppressed(table=runtime.table, signer=runtime.signer, workspace_id=workspace_id, emails=emails)
    letter = sending.letters(runtime=runtime, campaign=campaign).text("")
    if not letter.source:
        return  # the campaign has paused itself, too
    for email in emails:
        message_id = derived_id(campaign.created_at, "seed", campaign.id, email)
        if email in listed or store.read(runtime.table, workspace_id, message_id) is not None:
            continue
        now = runtime.clock.now()
        mime = letter.test(contact=_somebody(campaign, email), email=email, nonce=message_id, now=now)
        message = Message(
            workspace_id=workspace_id,
            id=message_id,
            to=email,
            subject=campaign.subject,
            purpose=TRANSACTIONAL,
            source=f"{SEED}{campaign.id}",
            created_at=now,
            created_by="system:campaigns",
            state_at=now,
        )
        content = f"{HEADER}: {campaign.id}\r\n".encode() + mime
        runtime.files.put(message.key, sealed(letter.source, content), content_type="message/rfc822")
        store.create(runtime.table, message, digest_of(runtime.signer, email))
        runtime.queues.publish("messages", [events.send(workspace_id, message_id, now)])


def _somebody(campaign: Campaign, email: str) -> Contact:
    return Contact(
        workspace_id=campaign.workspace_id,
        id=campaign.id,
        created_at=campaign.created_at,
        updated_at=campaign.created_at,
        emails=(EmailAddress(email, "", True),),
        language=campaign.language,
    )
