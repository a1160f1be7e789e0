"""What several features of customers show and take."""

from typing import Annotated, Literal, Self

from pydantic import Field

from chalicelib.customers.contacts.domain import Contact, ScoreChange
from chalicelib.foundation.http import Schema
from chalicelib.foundation.http.schemas import Instant

Name = Annotated[str, Field(max_length=100)]
Label = Annotated[str, Field(max_length=40)]
Reference = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9_.-]*$")]
Country = Annotated[str, Field(pattern=r"^([A-Z]{2})?$", description="ISO 3166, two letters")]
LanguageTag = Annotated[
    str, Field(max_length=35, pattern=r"^([a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$", description="es, en-GB")
]
Stage = Literal["awareness", "acquisition", "retention", "fulfilment", "loyalty"]


class ScoreOut(Schema):
    """The score; the grade is empty until the contact was scored."""

    fit: int
    engagement: int
    total: int
    grade: str

    @classmethod
    def of(cls, contact: Contact) -> Self:
        """The contact's score as shown."""
        return cls.model_construct(
            fit=contact.score_fit,
            engagement=contact.score_engagement,
            total=contact.score_total,
            grade=contact.grade,
        )


class ScoreChangeOut(Schema):
    """Points that were given or taken, and why."""

    at: Instant
    points: int
    reason: str
    rule_id: str
    dimension: Literal["fit", "engagement"]
    total: int

    @classmethod
    def of(cls, change: ScoreChange) -> Self:
        """A row of the history as shown."""
        entry = change.entry
        return cls(
            at=entry.at,
            points=entry.points,
            reason=entry.reason,
            rule_id=entry.rule_id,
            dimension=entry.dimension,
            total=change.total,
        )
