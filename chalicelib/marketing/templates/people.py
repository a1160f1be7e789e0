"""Somebody made up, through whose eyes a mail is looked at."""

from datetime import datetime

from chalicelib.customers.contacts.domain import Contact, EmailAddress
from chalicelib.foundation.ids import new_id


def somebody(workspace_id: str, language: str, now: datetime) -> Contact:
    """A contact who has every value that contacts commonly have."""
    name = ("Lucía", "García", "Madrid", "ES") if language == "es" else ("Emma", "Taylor", "Bristol", "GB")
    return Contact(
        workspace_id=workspace_id,
        id=new_id(now),
        created_at=now,
        updated_at=now,
        first_name=name[0],
        last_name=name[1],
        city=name[2],
        country=name[3],
        language=language,
        company_name="Acme",
        birthday="1990-05-14",
        emails=(EmailAddress("someone@example.com", "", True),),
    )
