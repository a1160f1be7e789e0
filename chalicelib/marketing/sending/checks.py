"""Who must not get a message after all: what is looked up for a batch just before it is claimed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.customers.consent import service as consent
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import ConsentState, Contact
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.memory import Memory
from chalicelib.foundation.signing import Signer
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns.domain import PURPOSE, Campaign
from chalicelib.marketing.preferences import service as preferences
from chalicelib.marketing.preferences.domain import DAYS, Topics, declined, frequency_of, paused_until, wants
from chalicelib.marketing.sending import store
from chalicelib.marketing.sending.domain import FrequencyCap, Reason, Recipient
from chalicelib.marketing.sending.records import CapRecord

_caps: Memory[str, FrequencyCap] = Memory(seconds=30)
_topics: Memory[str, Topics] = Memory(seconds=30)


def preference_refusal(contact: Contact, topic: str, topics: Topics, now: datetime) -> str:
    """Why this person does not want a campaign of this topic (a key, or empty) now; empty when nothing speaks against it."""
    if paused_until(contact, now) is not None:
        return Reason.PAUSED
    if not topic:
        return ""
    about = topics.find(topic)
    # Of a topic that is there no more nobody knows whom it was for; who said no to it still does.
    willing = wants(contact, about) if about is not None else not declined(contact, topic)
    return "" if willing else Reason.TOPIC_DECLINED


def personal_cap(contact: Contact | None) -> FrequencyCap | None:
    """How often at most this person wants campaigns, where they said so."""
    days = DAYS.get(frequency_of(contact)) if contact is not None else None
    return FrequencyCap(1, days) if days else None


@dataclass(slots=True)
class Checks:
    """What was read, consistently, for a batch just before it is claimed. The claims follow within seconds, so an unsubscribe is
    obeyed within a minute; checking inside of each claim's transaction would cost twice to four times the write units.
    """

    contacts: Mapping[str, Contact]
    suppressed: Mapping[str, str]
    cap: FrequencyCap
    recent: Mapping[str, CapRecord]
    topic: str
    topics: Topics
    now: datetime
    moved: frozenset[str] = frozenset()

    @classmethod
    def read(cls, table: Table, clock: Clock, signer: Signer, campaign: Campaign, rows: list[Recipient]) -> "Checks":
        """Look them all up."""
        workspace_id = campaign.workspace_id
        ids = [row.contact_id for row in rows]
        found = contacts.get_contacts(
            table=table, workspace_id=workspace_id, contact_ids=ids, consistent=True, gone=True
        )
        listed = consent.suppressed(
            table=table,
            signer=signer,
            workspace_id=workspace_id,
            emails=[row.email for row in rows if row.email],  # somebody who was erased has none
            consistent=True,
        )
        now = clock.now()
        cap = _caps.get(workspace_id, now.timestamp(), lambda: store.cap(table, workspace_id))
        counted = ids if cap.messages else [each for each in ids if personal_cap(found.get(each)) is not None]
        recent = store.recent(table, workspace_id, counted) if counted else {}
        topic = campaign.topic
        topics = Topics()
        if topic:
            topics = _topics.get(
                workspace_id,
                now.timestamp(),
                lambda: preferences.get_topics(table=table, workspace_id=workspace_id),
            )
        reasons = {email: each.reason.value for email, each in listed.items()}
        return cls(found, reasons, cap, recent, topic, topics, now, _moved(table, rows, found))

    def refusal(self, row: Recipient) -> str:
        """Why this person must not get it; empty when nothing speaks against it."""
        contact = self.contacts.get(row.contact_id)
        if contact is not None and contact.merged_into:
            return Reason.CONTACT_MERGED  # the survivor has a row of its own, if it is in the audience
        if contact is None or contact.gone:
            return Reason.CONTACT_DELETED
        if row.contact_id in self.moved or all(row.email != email.address for email in contact.emails):
            return Reason.ADDRESS_CHANGED
        if row.email in self.suppressed:
            return f"{Reason.SUPPRESSED}:{self.suppressed[row.email]}"
        answer = contact.consents.get(PURPOSE)
        if answer is None:
            return Reason.CONSENT_MISSING
        if answer.state is not ConsentState.GRANTED:
            return Reason.CONSENT_WITHDRAWN
        return preference_refusal(contact, self.topic, self.topics, self.now)

    def cap_refusal(self, table: Table, clock: Clock, row: Recipient) -> str:
        """``frequency_cap`` when the contact has had enough for now, by the workspace's rule, or ``frequency_chosen`` by their own;
        a place is taken otherwise.
        """
        caps = self._caps(row)
        if not caps:
            return ""
        full = store.reserve(
            table,
            row.workspace_id,
            row.contact_id,
            row.campaign_id,
            caps,
            clock.now(),
            self.recent.get(row.contact_id),
        )
        return self._cap_reason(full)

    def cap_reached(self, row: Recipient) -> str:
        """The same as `cap_refusal`, looked at only: nothing is taken."""
        record = self.recent.get(row.contact_id)
        sent = {} if record is None else {each: at for each, at in record.sent.items() if each != row.campaign_id}
        return self._cap_reason(store.full_cap(sent, self._caps(row), self.now))

    def _caps(self, row: Recipient) -> list[FrequencyCap]:
        own = personal_cap(self.contacts.get(row.contact_id))
        return [each for each in (self.cap if self.cap.messages else None, own) if each is not None]

    def _cap_reason(self, full: FrequencyCap | None) -> str:
        if full is None:
            return ""
        return Reason.FREQUENCY_CAP if full is self.cap else Reason.FREQUENCY_CHOSEN


def _moved(table: Table, rows: list[Recipient], found: Mapping[str, Contact]) -> frozenset[str]:
    """The contacts who have not had their row's address ever since it was planned. An address belongs to one contact at a time and
    all rows are planned before the first is sent, so an address that wanders between contacts gets one message at most. Who has
    not been written since (nearly everybody) need not be looked up.
    """
    changed = [
        (row.contact_id, row.email, row.created_at)
        for row in rows
        if row.created_at is not None
        and (contact := found.get(row.contact_id)) is not None
        and contact.version != row.contact_version
    ]
    if not changed:
        return frozenset()
    kept = contacts.kept_since(table=table, workspace_id=rows[0].workspace_id, held=changed)
    return frozenset(contact_id for contact_id, _, _ in changed) - kept
