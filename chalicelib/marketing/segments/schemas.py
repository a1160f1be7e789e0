"""Segments as the API shows and takes them."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, GetJsonSchemaHandler, TypeAdapter, model_validator
from pydantic_core import CoreSchema

from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation.http import Instant, Schema
from chalicelib.marketing.segments.domain import AddedByEmail, Segment
from chalicelib.marketing.segments.language.parse import AMOUNT_LIMIT, PARTS_LIMIT, TIMES_LIMIT, VALUES_LIMIT
from chalicelib.marketing.segments.language.words import OPERATORS
from chalicelib.marketing.segments.service import Preview

_EXAMPLE = {
    "all": [
        {"field": "consent.marketing_email", "op": "is", "value": "granted"},
        {
            "any": [
                {"field": "contact.tag", "op": "is", "value": "vip"},
                {"field": "score.total", "op": "at_least", "value": 40},
            ]
        },
        {
            "none": [
                {
                    "field": "campaign.opened",
                    "op": "did",
                    "value": {"period": {"in_last": {"amount": 30, "unit": "day"}}},
                }
            ]
        },
    ]
}


# The language as the OpenAPI document says it. Conditions are read by `language.parse`, which names every wrong place of them.


class ConditionSpan(Schema):
    """From one number or day to another, both included."""

    from_: Annotated[float | str, Field(alias="from")]
    to: float | str


class ConditionMoney(Schema):
    """An amount as a decimal number in text, in one currency."""

    amount: Annotated[str, Field(max_length=20, examples=["100.00"])]
    currency: Annotated[str, Field(min_length=3, max_length=3, examples=["EUR"])]


class ConditionMoneySpan(Schema):
    """From one amount to another, in one currency."""

    from_: Annotated[str, Field(alias="from", max_length=20)]
    to: Annotated[str, Field(max_length=20)]
    currency: Annotated[str, Field(min_length=3, max_length=3)]


class ConditionRelative(Schema):
    """So long before or after now. Days have no hours."""

    amount: Annotated[int, Field(ge=1, le=AMOUNT_LIMIT)]
    unit: Literal["hour", "day", "week", "month", "year"]


class ConditionSample(Schema):
    """A part of everybody in percent, by a stable draw: ranges under one salt do not overlap."""

    from_: Annotated[float, Field(alias="from", ge=0, le=100)]
    to: Annotated[float, Field(ge=0, le=100)]
    salt: Annotated[str, Field(min_length=1, max_length=40)]


class ConditionPeriod(Schema):
    """When something happened: one of these."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    on: date | None = None
    before: date | None = None
    after: date | None = None
    between: ConditionSpan | None = None
    in_last: ConditionRelative | None = None
    more_than_ago: ConditionRelative | None = None


class ConditionDeeds(Schema):
    """What somebody did: with which campaign (and link), form or pipeline, how often, and when. Nothing: anything, ever."""

    campaign: str | None = None
    form: str | None = None
    pipeline: str | None = None
    link: str | None = None
    times: Annotated[int, Field(ge=1, le=TIMES_LIMIT)] | None = None
    period: ConditionPeriod | None = None


class ConditionLeaf(Schema):
    """A field compared with a value; `GET /segments/fields` says which operators a field has. `present`, `absent` and
    `anniversary_today` take no value.
    """

    field: Annotated[
        str, Field(examples=["contact.city", "custom.plan", "company.size", "campaign.opened", "date.birthday"])
    ]
    op: Literal[*OPERATORS]  # type: ignore[valid-type]
    value: (
        bool | float | str | Annotated[list[str], Field(min_length=1, max_length=VALUES_LIMIT)] | ConditionSpan | ConditionMoneySpan
        | ConditionMoney | ConditionRelative | ConditionSample | ConditionDeeds | None
    ) = None  # fmt: skip


class ConditionAll(Schema):
    """Every one of them holds."""

    all: "Parts"


class ConditionAny(Schema):
    """At least one of them holds."""

    any: "Parts"


class ConditionNone(Schema):
    """Not one of them holds."""

    none: "Parts"


Condition = ConditionAll | ConditionAny | ConditionNone | ConditionLeaf
Parts = Annotated[list[Condition], Field(min_length=1, max_length=PARTS_LIMIT)]


class _Language:
    """Conditions are documented as what they are, and taken as what was sent."""

    def __get_pydantic_json_schema__(self, _: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(TypeAdapter(Condition).core_schema)


Conditions = Annotated[
    dict[str, Any],
    _Language(),
    Field(
        description='`{"all": […]}`, `{"any": […]}` or `{"none": […]}`, to five levels, of `{"field", "op", "value"}`; '
        "`GET /segments/fields` lists the fields with their operators.",
        examples=[_EXAMPLE],
    ),
]
ContactIds = Annotated[list[Annotated[str, Field(max_length=26)]], Field(max_length=1000)]


class SegmentIn(Schema):
    """A segment to be made: a static one of these contacts, or a dynamic one of everybody who meets the conditions."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    kind: Literal["static", "dynamic"]
    contact_ids: ContactIds | None = None
    conditions: Conditions | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.kind == "static" and self.conditions is not None:
            raise ValueError("a static segment has contact_ids and no conditions")
        if self.kind == "dynamic" and (self.conditions is None or self.contact_ids is not None):
            raise ValueError("a dynamic segment has conditions and no contact_ids")
        return self


class SegmentChange(Schema):
    """Another name, or other conditions for a dynamic segment, which is filled anew then. ``version`` is the one that was read."""

    version: Annotated[int, Field(ge=1)]
    name: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    conditions: Conditions | None = None


class FreezeIn(Schema):
    """What the static segment is to be called."""

    name: Annotated[str, Field(min_length=1, max_length=100)]


class SentenceOut(Schema):
    """The conditions in words."""

    es: str
    en: str


class ConditionProblemOut(Schema):
    """Something the conditions ask for that is gone: where, a code, why, and what it was about (a field or an id)."""

    field: str
    code: str
    message: str
    about: str


class FillProgressOut(Schema):
    """How many contacts a fill has looked at, of how many."""

    done: int
    total: int


class SegmentOut(Schema):
    """A segment. ``fresh_as_of`` is when its membership was last known to be whole; null until a dynamic one has been filled. One with
    ``problems`` counts nobody until it is repaired.
    """

    id: str
    name: str
    kind: Literal["static", "dynamic"]
    conditions: dict[str, Any] | None
    sentence: SentenceOut | None
    count: int
    state: Literal["filling", "ready"]
    progress: FillProgressOut | None
    fresh_as_of: Instant | None
    problems: list[ConditionProblemOut]
    created_at: Instant
    updated_at: Instant
    version: int

    @classmethod
    def of(cls, segment: Segment, sentence: Mapping[str, str] | None = None) -> Self:
        """The segment as shown."""
        return cls(
            id=segment.id,
            name=segment.name,
            kind=segment.kind,
            conditions=dict(segment.conditions) if segment.conditions is not None else None,
            sentence=SentenceOut(**sentence) if sentence else None,
            count=segment.count,
            state=segment.state.value,
            progress=FillProgressOut.model_validate(segment.progress, from_attributes=True)
            if segment.progress
            else None,
            fresh_as_of=segment.fresh_as_of,
            problems=[ConditionProblemOut.model_validate(each, from_attributes=True) for each in segment.problems],
            created_at=segment.created_at,
            updated_at=segment.updated_at,
            version=segment.version,
        )


class MemberOut(Schema):
    """A contact of a segment, in short."""

    id: str
    display_name: str
    email: str
    company_name: str
    grade: str

    @classmethod
    def of(cls, contact: Contact) -> Self:
        """The contact as shown."""
        return cls.model_validate(contact, from_attributes=True)


class ContactIdsIn(Schema):
    """Contacts to put in or to take out."""

    contact_ids: Annotated[ContactIds, Field(min_length=1)]


class AddIn(Schema):
    """People to put in: contacts by their ids, or whoever has these e-mail addresses."""

    contact_ids: Annotated[ContactIds, Field(min_length=1)] | None = None
    emails: (
        Annotated[list[Annotated[str, Field(min_length=1, max_length=320)]], Field(min_length=1, max_length=1000)]
        | None
    ) = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.contact_ids is None) == (self.emails is None):
            raise ValueError("contact_ids or emails")
        return self


class FoundByEmailOut(Schema):
    """Whose address it is, as it was given. ``added``: not in the segment before."""

    email: str
    id: str
    display_name: str
    added: bool


class SegmentAddedOut(SegmentOut):
    """The segment with the people put in. Of addresses: whose they are (``found``), which nobody has (``unknown``), and what is no
    address (``invalid``); all three are empty when contacts were given by their ids.
    """

    found: list[FoundByEmailOut]
    unknown: list[str]
    invalid: list[str]

    @classmethod
    def added(cls, shown: SegmentOut, found: AddedByEmail | None) -> Self:
        """What was done, as shown."""
        people = [
            {"email": each.email, "id": each.contact.id, "display_name": each.contact.display_name, "added": each.added}
            for each in (found.found if found else ())
        ]
        told = {"unknown": found.unknown, "invalid": found.invalid} if found else {"unknown": [], "invalid": []}
        return cls.model_validate({**shown.model_dump(), "found": people, **told})


class PreviewIn(Schema):
    """Conditions to try; ``segment_id`` is the segment that is being edited, so that a circle of segments is found."""

    conditions: Conditions
    segment_id: Annotated[str, Field(max_length=26)] | None = None


class PreviewOut(Schema):
    """How many contacts meet the conditions, and up to twenty of them. Not ``exact`` with more than 10,000 contacts: reckoned from
    ``evaluated`` of about ``total``.
    """

    count: int
    exact: bool
    evaluated: int
    total: int
    sample: list[MemberOut]
    sentence: SentenceOut
    problems: list[ConditionProblemOut]

    @classmethod
    def of(cls, preview: Preview, sentence: Mapping[str, str]) -> Self:
        """The preview as shown."""
        return cls(
            count=preview.count,
            exact=preview.exact,
            evaluated=preview.evaluated,
            total=preview.total,
            sample=[MemberOut.of(contact) for contact in preview.sample],
            sentence=SentenceOut(**sentence),
            problems=[ConditionProblemOut.model_validate(each, from_attributes=True) for each in preview.problems],
        )


class BothLanguagesOut(Schema):
    """A word in both languages."""

    es: str
    en: str


class ConditionChoiceOut(Schema):
    """One value to choose, and what it is called."""

    value: str
    label: BothLanguagesOut


class ConditionGroupOut(Schema):
    """A heading under which fields are shown."""

    key: str
    label: BothLanguagesOut


class ConditionFieldOut(Schema):
    """Something conditions can ask about. ``choices`` are its values, null where one is written; ``lookup`` says what its ids are of."""

    field: str
    group: str
    label: BothLanguagesOut
    kind: Literal["text", "set", "choice", "number", "money", "boolean", "date", "instant", "behaviour", "sample"]
    operators: list[str]
    choices: list[ConditionChoiceOut] | None
    lookup: Literal["member", "segment", "contact", "company", "lead", "deal", "form", "campaign", "pipeline"] | None


class ConditionCatalogueOut(Schema):
    """Everything conditions can ask in this workspace, and the language's own words."""

    groups: list[ConditionGroupOut]
    fields: list[ConditionFieldOut]
    operators: dict[str, BothLanguagesOut]
    units: dict[str, BothLanguagesOut]
