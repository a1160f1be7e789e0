"""What several features show and take. Every text that people type is one of `Name`, `ShortText`, `LongText`, `Label` or `Tag`,
so that hostile ones are refused everywhere by the same rules (`chalicelib.customers.texts`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from chalicelib.customers import texts
from chalicelib.customers.contacts.domain import Contact, ScoreChange
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.http import Schema
from chalicelib.foundation.http.schemas import Instant


def one_line(text: str) -> str:
    """The same text, if it is one line without control characters."""
    reason = texts.refused(text)
    if reason is not None:
        raise PydanticCustomError(*reason)  # type: ignore[arg-type]
    return text


def several_lines(text: str) -> str:
    """The same text, if it has no control characters but line ends and tabs."""
    reason = texts.refused(text, lines=True)
    if reason is not None:
        raise PydanticCustomError(*reason)  # type: ignore[arg-type]
    return text


Name = Annotated[str, Field(max_length=texts.NAME), AfterValidator(one_line)]
ShortText = Annotated[str, Field(max_length=texts.SHORT), AfterValidator(one_line)]
LongText = Annotated[str, Field(max_length=texts.LONG), AfterValidator(several_lines)]
Label = Annotated[str, Field(max_length=40), AfterValidator(one_line)]
Tag = Annotated[str, Field(max_length=60), AfterValidator(one_line)]
Tags = Annotated[list[Tag], Field(max_length=100)]
WebAddress = Annotated[
    str, Field(max_length=2000, pattern=r"^(https?://[^\s]+)?$", description="http or https"), AfterValidator(one_line)
]
Reference = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9_.-]*$")]
Country = Annotated[str, Field(pattern=r"^([A-Z]{2})?$", description="ISO 3166, two letters")]
LanguageTag = Annotated[
    str, Field(max_length=35, pattern=r"^([a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$", description="es, en-GB")
]
Stage = Literal["awareness", "acquisition", "retention", "fulfilment", "loyalty"]


@contextmanager
def showing_conflicts(show: Callable[[Any], BaseModel]) -> Iterator[None]:
    """Within it, a conflict carries the current record as ``show`` shows it: for records that are shown with more than they
    hold themselves. The route then has ``present=as_it_is``.
    """
    try:
        yield
    except ConflictError as conflict:
        if conflict.current is None:
            raise
        raise ConflictError(str(conflict), current=show(conflict.current)) from conflict


def as_it_is(shown: BaseModel) -> BaseModel:
    """What is shown already."""
    return shown


class DeletionQuery(Schema):
    """What is deleted may have to be as it was at ``version``."""

    version: Annotated[int, Field(ge=1)] | None = None


class AddressIn(Schema):
    """A postal address as it is given."""

    label: Label | None = None
    street: ShortText | None = None
    city: Name | None = None
    region: Name | None = None
    postal_code: Annotated[str, Field(max_length=20), AfterValidator(one_line)] | None = None
    country: Country | None = None
    primary: bool = False


class AddressOut(Schema):
    """A postal address."""

    label: str
    street: str
    city: str
    region: str
    postal_code: str
    country: str
    primary: bool


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
