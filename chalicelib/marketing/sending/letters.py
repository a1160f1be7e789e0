"""A campaign's messages in all its texts: each is compiled when the first recipient gets it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation.errors import ConflictError
from chalicelib.marketing.campaigns.domain import Campaign
from chalicelib.marketing.sending.message import Letter


class Letters:
    """Which text a contact gets is told by their language and, in a test, by their variant. ``make`` compiles the letter of a
    campaign that has one text, whose body stands under a name.
    """

    def __init__(self, campaign: Campaign, make: Callable[[Campaign, str], Letter]):
        self._campaign = campaign
        self._make = make
        self._letters: dict[str, Letter] = {}

    @property
    def source(self) -> str:
        """The sender's address."""
        return self.text("").source

    def mime(self, *, contact: Contact, email: str, attempt: int, now: datetime) -> bytes:
        """One recipient's message; see `Letter.mime`."""
        return self.of(contact).mime(contact=contact, email=email, attempt=attempt, now=now)

    def of(self, contact: Contact) -> Letter:
        """The letter that this contact gets. Who waits for a test's winner has none yet: `ConflictError`."""
        variant = self._campaign.variant_for(contact.id)
        if variant is None:
            raise ConflictError("The test is not decided.")
        return self.text(self._campaign.text_for(variant, contact.language))

    def text(self, name: str) -> Letter:
        """The letter of the text of this name."""
        found = self._letters.get(name)
        if found is None:
            wording = self._campaign.wording(name)
            one = replace(self._campaign, subject=wording.subject, preheader=wording.preheader)
            found = self._letters[name] = self._make(one, name)
        return found
