"""The audit as the API shows it."""

from datetime import date
from typing import Annotated, Any, Self

from pydantic import Field

from chalicelib.foundation.http import PageQuery, Schema
from chalicelib.foundation.http.schemas import Instant
from chalicelib.workspaces.audit.domain import Entry


class AuditQuery(PageQuery):
    """What was done on a day, in UTC, today when left out; or to one thing."""

    day: date | None = None
    subject_id: Annotated[str | None, Field(min_length=1, max_length=200, pattern=r"^[^#]*$")] = None


class AuditOut(Schema):
    """One line of the audit."""

    id: str
    at: Instant
    actor: str
    action: str
    subject_id: str
    before: dict[str, Any]
    after: dict[str, Any]

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """The entry as shown."""
        return cls(
            id=entry.id,
            at=entry.at,
            actor=entry.actor,
            action=entry.action,
            subject_id=entry.subject_id,
            before=dict(entry.before),
            after=dict(entry.after),
        )
