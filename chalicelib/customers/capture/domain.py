"""What a capture takes and what it gives back."""

from dataclasses import dataclass

from chalicelib.foundation.errors import ConflictError

TOUCH_TEXT = 120
TOUCH_URL = 300
"""What a touch keeps of long values, in characters: the contact's item carries two touches. Submissions keep them whole."""


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody said of themselves, normalised; empty where they said nothing."""

    email: str = ""
    phone: str = ""
    first_name: str = ""
    last_name: str = ""
    company_name: str = ""
    language: str = ""
    time_zone: str = ""
    country: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class Captured:
    """Who and what a capture ended up as; known before it is written, so that what is written beside it can name both."""

    contact_id: str
    lead_id: str
    contact_created: bool
    lead_created: bool


class AlreadyCapturedError(ConflictError):
    """A condition of what was to be written beside the capture did not hold, for example a form token that was used before.
    Nothing was written. ``current`` is the record that stands there, where there is one.
    """
