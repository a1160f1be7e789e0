"""Who must not get a message after all: what is looked up for a batch just before it is claimed."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.customers.consent import service as consent
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import ConsentState, Contact
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.memory import Memory
from chalicelib.foundation.signing import Signer
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns.domain import PURPOSE, Campaign
from chalicelib.marketing.sending import store
from chalicelib.marketing.sending.domain import FrequencyCap, Reason, Recipient
from chalicelib.marketing.sending.records import CapRecord

_caps: Memory[str, FrequencyCap] = Memory(seconds=30)


@dataclass(slots=True)
class Checks:
    """What was read, consistently, for a batch just before it is claimed. The claims follow within seconds, so an unsubscribe is
    obeyed within a minute; checking inside of each claim's transaction would cost twice to four times the write units.
    """

    contacts: Mapping[str, Contact]
    suppressed: Mapping[str, str]
    cap: FrequencyCap
    recent: Mapping[str, CapRecord]

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
            emails=[row.email for row in rows],
            consistent=True,
        )
        cap = _caps.get(workspace_id, clock.now().timestamp(), lambda: store.cap(table, workspace_id))
        recent = store.recent(table, workspace_id, ids) if cap.messages else {}
        return cls(found, {email: each.reason.value for email, each in listed.items()}, cap, recent)

    def refusal(self, row: Recipient) -> str:
        """Why this person must not get it; empty when nothing speaks against it."""
        contact = self.contacts.get(row.contact_id)
        if contact is not None and contact.merged_into:
            return Reason.CONTACT_MERGED  # the survivor has a row of its own, if it is in the audience
        if contact is None or contact.gone:
            return Reason.CONTACT_DELETED
        if all(row.email != email.address for email in contact.emails):
            return Reason.ADDRESS_CHANGED
        if row.email in self.suppressed:
            return f"{Reason.SUPPRESSED}:{self.suppressed[row.email]}"
        answer = contact.consents.get(PURPOSE)
        if answer is None:
            return Reason.CONSENT_MISSING
        return "" if answer.state is ConsentState.GRANTED else Reason.CONSENT_WITHDRAWN

    def cap_refusal(self, table: Table, clock: Clock, row: Recipient) -> str:
        """``frequency_cap`` when the contact has had enough for now; a place is taken otherwise."""
        if not self.cap.messages:
            return ""
        taken = store.reserve(
            table,
            row.workspace_id,
            row.contact_id,
            row.campaign_id,
            self.cap,
            clock.now(),
            self.recent.get(row.contact_id),
        )
        return "" if taken else Reason.FREQUENCY_CAP
