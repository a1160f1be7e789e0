"""Forms and submissions as the API shows and takes them."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, JsonValue, model_validator
from pydantic import Field as Limits

from chalicelib.customers.consent.domain import MARKETING_EMAIL
from chalicelib.customers.countries import names
from chalicelib.foundation.http import Instant, PageQuery, Schema
from chalicelib.marketing.forms.domain import (
    CONSENTS_LIMIT,
    FIELDS_LIMIT,
    OPTIONS_LIMIT,
    ConsentQuestion,
    Counts,
    Field,
    FieldType,
    Form,
    FormState,
    Option,
    Submission,
    SubmissionState,
    text_in,
)
from chalicelib.marketing.forms.words import say

Name = Annotated[str, Limits(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]*$")]


class OptionalLabel(Schema):
    """A short text in Spanish, English, both or neither."""

    es: Annotated[str, Limits(max_length=300)] = ""
    en: Annotated[str, Limits(max_length=300)] = ""

    def texts(self) -> dict[str, str]:
        """Language → text, without what is empty."""
        return {language: text for language, text in (("es", self.es), ("en", self.en)) if text}


class Label(OptionalLabel):
    """A short text in Spanish, English or both."""

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not (self.es or self.en):
            raise ValueError("a text in es, en or both")
        return self


class OptionalLongLabel(OptionalLabel):
    """A longer text in Spanish, English, both or neither."""

    es: Annotated[str, Limits(max_length=2000)] = ""
    en: Annotated[str, Limits(max_length=2000)] = ""


class LongLabel(Label):
    """A longer text in Spanish, English or both."""

    es: Annotated[str, Limits(max_length=2000)] = ""
    en: Annotated[str, Limits(max_length=2000)] = ""


class OptionModel(Schema):
    """One of a choice's answers."""

    value: Annotated[str, Limits(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]*$")]
    label: Label


class FieldModel(Schema):
    """One question. ``max_length`` null or 0 for the type's usual."""

    name: Annotated[str, Limits(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    type: FieldType
    label: Label
    required: bool = False
    options: Annotated[list[OptionModel], Limits(max_length=OPTIONS_LIMIT)] = []
    max_length: Annotated[int, Limits(ge=0, le=10_000)] | None = None

    def field(self) -> Field:
        """The field as the domain has it."""
        options = tuple(Option(option.value, option.label.texts()) for option in self.options)
        return Field(self.name, self.type, self.label.texts(), self.required, options, self.max_length or 0)


class ConsentModel(Schema):
    """A box to tick. ``version`` is counted by the server, whatever is sent: it goes up when the wording changes."""

    id: Annotated[str, Limits(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    purpose: Annotated[str, Limits(pattern=r"^[a-z][a-z0-9_]{0,59}$")] = MARKETING_EMAIL
    text: LongLabel
    required: bool = False
    version: int | None = None


class FormIn(Schema):
    """A form to be made."""

    name: Name
    language: Literal["es", "en", "auto"] = "auto"
    fields: Annotated[list[FieldModel], Limits(min_length=1, max_length=FIELDS_LIMIT)]
    consents: Annotated[list[ConsentModel], Limits(max_length=CONSENTS_LIMIT)] = []
    title: OptionalLabel | None = None
    submit_label: OptionalLabel | None = None
    thank_you: OptionalLongLabel | None = None
    redirect_url: Annotated[str, Limits(max_length=2000)] | None = None
    source: Annotated[str, Limits(max_length=100, pattern=r"^[^\x00-\x1f]*$")] = ""
    tags: Annotated[list[Annotated[str, Limits(min_length=1, max_length=60)]], Limits(max_length=20)] = []
    throttle_per_minute: Annotated[int, Limits(ge=1, le=6000)] = 60
    state: FormState = FormState.LIVE
    double_opt_in: bool = False

    def values(self) -> dict[str, Any]:
        """What a `Form` is made of, but for its key, workspace, times and version."""
        return {
            "name": self.name,
            "language": self.language,
            "fields": tuple(field.field() for field in self.fields),
            "consents": tuple(
                ConsentQuestion(consent.id, consent.purpose, consent.text.texts(), consent.required)
                for consent in self.consents
            ),
            "title": self.title.texts() if self.title else {},
            "submit_label": self.submit_label.texts() if self.submit_label else {},
            "thank_you": (self.thank_you.texts() or None) if self.thank_you else None,
            "redirect_url": self.redirect_url or "",
            "source": self.source,
            "tags": tuple(self.tags),
            "throttle_per_minute": self.throttle_per_minute,
            "state": self.state,
            "double_opt_in": self.double_opt_in,
        }


class CountsModel(Schema):
    """How many posts there were."""

    accepted: int
    quarantined: int


class FormOut(Schema):
    """A form and its counts."""

    form_key: str
    name: str
    language: str
    fields: list[dict[str, Any]]
    consents: list[dict[str, Any]]
    title: dict[str, str] | None
    submit_label: dict[str, str] | None
    thank_you: dict[str, str] | None
    redirect_url: str | None
    source: str
    tags: list[str]
    throttle_per_minute: int
    state: FormState
    double_opt_in: bool
    counts: CountsModel
    created_at: Instant
    updated_at: Instant
    version: int

    @classmethod
    def of(cls, form: Form, counts: Counts | None = None) -> Self:
        """The form as shown."""
        counts = counts or Counts()
        return cls(
            form_key=form.key,
            name=form.name,
            language=form.language,
            fields=[_field_out(field) for field in form.fields],
            consents=[
                {
                    "id": consent.id,
                    "purpose": consent.purpose,
                    "text": dict(consent.text),
                    "required": consent.required,
                    "version": consent.version,
                }
                for consent in form.consents
            ],
            title=dict(form.title) or None,
            submit_label=dict(form.submit_label) or None,
            thank_you=dict(form.thank_you) if form.thank_you else None,
            redirect_url=form.redirect_url or None,
            source=form.source,
            tags=list(form.tags),
            throttle_per_minute=form.throttle_per_minute,
            state=form.state,
            double_opt_in=form.double_opt_in,
            counts=CountsModel(accepted=counts.accepted, quarantined=counts.quarantined),
            created_at=form.created_at,
            updated_at=form.updated_at,
            version=form.version,
        )


class FormChange(FormIn):
    """A form to stand instead of the one at ``version``. What a GET gave may be sent back as it was: key, counts and times are
    taken and not looked at.
    """

    version: Annotated[int, Limits(ge=1)]
    form_key: str | None = None
    counts: Any = None
    created_at: Any = None
    updated_at: Any = None


def _field_out(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "type": field.type.value,
        "label": dict(field.label),
        "required": field.required,
        "options": [{"value": option.value, "label": dict(option.label)} for option in field.options],
        "max_length": field.max_length or None,
    }


# In public


class PublicOption(Schema):
    """One of a choice's answers, in the form's language."""

    value: str
    label: str


class PublicField(Schema):
    """One question, in the form's language."""

    name: str
    type: FieldType
    required: bool
    label: str
    options: list[PublicOption]
    max_length: int | None


class PublicConsent(Schema):
    """A box to tick, in the form's language."""

    id: str
    text: str
    required: bool


class PublicForm(Schema):
    """A form to be filled in. ``token`` goes with the post: it works once, not before 3 seconds and not after 2 hours."""

    token: str
    fields: list[PublicField]
    consents: list[PublicConsent]
    language: Literal["es", "en"]
    title: str
    submit_label: str

    @classmethod
    def of(cls, form: Form, language: str, token: str) -> Self:
        """The form as everybody sees it."""
        return cls(
            token=token,
            fields=[
                PublicField(
                    name=field.name,
                    type=field.type,
                    required=field.required,
                    label=text_in(field.label, language),
                    options=options_in(field, language),
                    max_length=field.length if field.max_length else None,
                )
                for field in form.fields
            ],
            consents=[
                PublicConsent(id=consent.id, text=text_in(consent.text, language), required=consent.required)
                for consent in form.consents
            ],
            language="es" if language == "es" else "en",
            title=text_in(form.title, language),
            submit_label=text_in(form.submit_label, language) or say("submit", language),
        )


def options_in(field: Field, language: str) -> list[PublicOption]:
    """A field's options in one language; for a country all of them."""
    if field.type is FieldType.COUNTRY:
        return [PublicOption(value=code, label=name) for code, name in names(language)]
    return [PublicOption(value=option.value, label=text_in(option.label, language)) for option in field.options]


class PublicQuery(Schema):
    """How a form is asked for."""

    language: Annotated[str, Limits(max_length=35, description="es or en; otherwise the browser's.")] = ""


class HostedQuery(BaseModel):
    """A page's query: whatever the link to it brought along. Names that stand twice count once."""

    model_config = ConfigDict(extra="allow")

    lang: list[str] = []
    utm_source: list[str] = []
    utm_medium: list[str] = []
    utm_campaign: list[str] = []
    utm_term: list[str] = []
    utm_content: list[str] = []

    def texts(self) -> dict[str, str]:
        """Name → value, of reasonable length."""
        known = {name: getattr(self, name)[0] for name in type(self).model_fields if getattr(self, name)}
        extra = {name: value for name, value in (self.model_extra or {}).items() if isinstance(value, str)}
        return {name: value[:500] for name, value in [*known.items(), *extra.items()][:50] if len(name) <= 100}


class UtmIn(Schema):
    """The campaign somebody came with."""

    source: Annotated[str, Limits(max_length=2000)] = ""
    medium: Annotated[str, Limits(max_length=2000)] = ""
    campaign: Annotated[str, Limits(max_length=2000)] = ""
    term: Annotated[str, Limits(max_length=2000)] = ""
    content: Annotated[str, Limits(max_length=2000)] = ""


class PageIn(Schema):
    """Where the form was filled in."""

    url: Annotated[str, Limits(max_length=8000)] = ""
    referrer: Annotated[str, Limits(max_length=8000)] = ""
    utm: UtmIn = UtmIn()


class SubmissionIn(Schema):
    """A post of a form."""

    token: Annotated[str, Limits(max_length=500, description="From GET /forms/{form_key}.")]
    values: Annotated[dict[str, JsonValue], Limits(max_length=100, description="By field name.")]
    consents: Annotated[
        list[Annotated[str, Limits(max_length=64)]],
        Limits(max_length=50, description="Ids of the boxes that were ticked."),
    ] = []
    page: PageIn = PageIn()
    language: Annotated[str, Limits(max_length=35)] = ""
    website: Annotated[str, Limits(description="Stays empty: programs fill it in, people do not see it.")] = ""


class ReceiptOut(Schema):
    """What to tell the person: show the message, or go to the address."""

    submission_id: str
    message: str | None = None
    redirect_url: str | None = None


# Submissions


class SubmissionsQuery(PageQuery):
    """The list of a form's submissions."""

    state: SubmissionState | None = None


class PageOut(Schema):
    """Where the form was filled in."""

    url: str
    referrer: str
    utm: dict[str, str]


class SubmissionOut(Schema):
    """A post that was kept. ``reason`` says why it was put into quarantine: trap, links or link_in_name."""

    id: str
    form_key: str
    state: SubmissionState
    at: Instant
    values: dict[str, Any]
    consents: list[str]
    language: str
    page: PageOut
    contact_id: str | None
    lead_id: str | None
    reason: str | None
    released_at: Instant | None

    @classmethod
    def of(cls, submission: Submission) -> Self:
        """The submission as shown."""
        page = submission.page
        return cls(
            id=submission.id,
            form_key=submission.form_key,
            state=submission.state,
            at=submission.at,
            values=dict(submission.values),
            consents=[id_ for id_, _ in submission.consents],
            language=submission.language,
            page=PageOut(url=page.url, referrer=page.referrer, utm=dict(page.utm)),
            contact_id=submission.contact_id or None,
            lead_id=submission.lead_id or None,
            reason=submission.reason or None,
            released_at=submission.released_at,
        )
