"""What a condition can ask about: fields, their kinds and operators.

A field's ``source`` is a Python expression over ``c`` (the contact), ``p`` (its profile), ``o`` (its company or None) and ``m`` (which
of the static segments that are asked for the contact is in), with the functions of `traits`; ``{key}`` in it is replaced by the name
of a constant that holds the field's ``key``. Nothing a person wrote becomes source.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from chalicelib.customers.contacts.domain import KYC_STATES, LIFECYCLE_STAGES

GRADES = tuple(letter + digit for letter in "ABC" for digit in "123")
CONSENT_STATES = ("granted", "withdrawn", "none")
UNITS = ("hour", "day", "week", "month", "year")


class Kind(StrEnum):
    """What values a field has, which decides its operators."""

    TEXT = "text"
    SET = "set"
    CHOICE = "choice"
    NUMBER = "number"
    MONEY = "money"
    BOOLEAN = "boolean"
    DATE = "date"
    INSTANT = "instant"
    BEHAVIOUR = "behaviour"
    SAMPLE = "sample"


_MATCHING = ("contains", "starts_with", "ends_with")
_THERE = ("present", "absent")
_ONE_OF = ("is", "is_not", "in", "not_in")
RELATIVE = ("in_last", "more_than_ago", "in_next", "more_than_ahead")
ANNIVERSARY = ("anniversary_today", "anniversary_in_next", "anniversary_in_last")
ABSOLUTE = ("on", "before", "after", "between")
OPERATORS: Mapping[Kind, tuple[str, ...]] = {
    Kind.TEXT: (*_ONE_OF, *_MATCHING, *_THERE),
    Kind.SET: (*_ONE_OF, *_MATCHING, *_THERE),
    Kind.CHOICE: (*_ONE_OF, *_THERE),
    Kind.NUMBER: ("is", "is_not", "at_least", "at_most", "between", *_THERE),
    Kind.MONEY: ("at_least", "at_most", "between", *_THERE),
    Kind.BOOLEAN: ("is",),
    Kind.DATE: (*ABSOLUTE, *RELATIVE, *ANNIVERSARY, *_THERE),
    Kind.INSTANT: (*ABSOLUTE, *RELATIVE, *ANNIVERSARY, *_THERE),
    Kind.BEHAVIOUR: ("did", "did_not"),
    Kind.SAMPLE: ("between",),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to ask about. ``es`` and ``en`` name it within a sentence (the Spanish name with its article); ``choices`` are all
    values it can have (None: any), ``lookup`` says what its ids are of; ``needs`` what has to be read to know it. One with a
    ``given_name`` was named by people, and so were its ``options`` (value → label).
    """

    name: str
    kind: Kind
    source: str
    es: str
    en: str
    needs: str = "contact"
    choices: tuple[str, ...] | None = None
    lookup: str = ""
    key: str = ""
    given_name: bool = False
    options: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def group(self) -> str:
        """Under which heading it is shown."""
        return self.name.partition(".")[0]

    @property
    def operators(self) -> tuple[str, ...]:
        """What it can be asked; a set of given values has no parts of words in it, and who is a member is always known."""
        if self.name == "segment.member" or self.group == "consent":
            return _ONE_OF
        if self.kind is Kind.SET and (self.choices is not None or self.lookup):
            return (*_ONE_OF, *_THERE)
        return OPERATORS[self.kind]

    @property
    def label(self) -> dict[str, str]:
        """What it is called in lists."""
        spanish = self.es if self.given_name else self.es.partition(" ")[2]
        return {"es": spanish[:1].upper() + spanish[1:], "en": self.en[:1].upper() + self.en[1:]}


GROUPS: Mapping[str, tuple[str, str]] = {
    "contact": ("Contacto", "Contact"),
    "date": ("Fechas", "Dates"),
    "custom": ("Campos propios", "Custom fields"),
    "company": ("Empresa", "Company"),
    "consent": ("Consentimiento", "Consent"),
    "score": ("Puntuación", "Score"),
    "form": ("Formularios", "Forms"),
    "campaign": ("Campañas", "Campaigns"),
    "deal": ("Oportunidades", "Deals"),
    "segment": ("Segmentos", "Segments"),
    "random": ("Al azar", "At random"),
}


def _texts(group: str, table: str, source: str, needs: str = "contact") -> Iterable[Field]:
    for line in table.strip().splitlines():
        name, attribute, spanish, english = (part.strip() for part in line.split("|"))
        yield Field(f"{group}.{name}", Kind.TEXT, source.format(attribute), spanish, english, needs)


_CONTACT = """
title        | title       | el tratamiento       | title
first_name   | first_name  | el nombre            | first name
last_name    | last_name   | los apellidos        | last name
name         | display_name | el nombre completo  | full name
job_title    | job_title   | el cargo             | job title
language     | language    | el idioma            | language
time_zone    | time_zone   | la zona horaria      | time zone
city         | city        | la ciudad            | city
"""
_FIRST_TOUCH = """
source       | source       | el origen                  | source
medium       | medium       | el medio                   | medium
campaign     | campaign     | la campaña de origen       | source campaign
term         | term         | la palabra clave de origen | search term
content      | content      | el anuncio de origen       | ad content
landing_page | landing_page | la página de entrada       | landing page
referrer     | referrer     | la página de procedencia   | referrer
"""
_LAST_TOUCH = """
last_source   | source   | el último origen   | last source
last_medium   | medium   | el último medio    | last medium
last_campaign | campaign | la última campaña de origen | last source campaign
"""

_FIELDS = (
    *_texts("contact", _CONTACT, "fold(c.{})"),
    Field("contact.email", Kind.SET, "emails(c)", "la dirección de correo", "e-mail address"),
    Field("contact.email_domain", Kind.SET, "domains(c)", "el dominio de correo", "e-mail domain"),
    Field("contact.email_kind", Kind.CHOICE, "mailbox(c)", "el tipo de correo", "kind of e-mail address", "contact", ("business", "free")),
    Field("contact.phone", Kind.SET, "phones(c)", "el teléfono", "phone number"),
    Field("contact.country", Kind.CHOICE, "c.country", "el país", "country", lookup="country"),
    Field("contact.region", Kind.TEXT, "fold(c.address.region) if c.addresses else ''", "la provincia o región", "region"),
    Field("contact.postal_code", Kind.TEXT, "fold(c.address.postal_code) if c.addresses else ''", "el código postal", "postal code"),
    Field("contact.lifecycle_stage", Kind.CHOICE, "c.lifecycle_stage", "la etapa del ciclo de vida", "lifecycle stage", "contact", LIFECYCLE_STAGES),
    Field("contact.owner", Kind.CHOICE, "c.owner_id", "el responsable", "owner", lookup="member"),
    Field("contact.tag", Kind.SET, "c.tags", "la etiqueta", "tag"),
    Field("contact.interest", Kind.SET, "interests(c)", "el interés", "interest"),
    Field("contact.kyc", Kind.CHOICE, "c.kyc.status", "la verificación de identidad", "identity check", "contact", KYC_STATES),
    Field("contact.satisfaction", Kind.NUMBER, "c.satisfaction", "la satisfacción", "satisfaction"),
    Field("contact.open_lead", Kind.BOOLEAN, "bool(c.open_lead_id)", "un cliente potencial abierto", "an open lead"),
    *_texts("contact", _FIRST_TOUCH, "fold(c.first_touch.{}) if c.first_touch else ''"),
    Field("contact.form", Kind.CHOICE, "c.first_touch.form_id if c.first_touch else ''", "el formulario de entrada", "first form", lookup="form"),
    *_texts("contact", _LAST_TOUCH, "fold(c.last_touch.{}) if c.last_touch else ''"),
    Field("contact.last_form", Kind.CHOICE, "c.last_touch.form_id if c.last_touch else ''", "el último formulario", "last form", lookup="form"),
    Field("date.birthday", Kind.DATE, "day(c.birthday)", "el cumpleaños", "birthday"),
    Field("date.created", Kind.INSTANT, "c.created_at.timestamp()", "la fecha de alta", "date of creation"),
    Field("date.updated", Kind.INSTANT, "c.updated_at.timestamp()", "la fecha del último cambio", "date of the last change"),
    Field("date.first_touch", Kind.INSTANT, "c.first_touch.at.timestamp() if c.first_touch else None", "la fecha de la primera visita", "date of the first visit"),
    Field("date.last_touch", Kind.INSTANT, "c.last_touch.at.timestamp() if c.last_touch else None", "la fecha de la última visita", "date of the last visit"),
    Field("date.kyc_verified", Kind.INSTANT, "c.kyc.verified_at.timestamp() if c.kyc.verified_at else None", "la fecha de verificación", "date of the identity check"),
    Field("company.name", Kind.TEXT, "fold(c.company_name)", "el nombre de la empresa", "company's name"),
    Field("company.domain", Kind.SET, "o_domains(o)", "el dominio de la empresa", "company's domain", "company"),
    Field("company.industry", Kind.TEXT, "fold(o.industry) if o else ''", "el sector de la empresa", "company's industry", "company"),
    Field("company.size", Kind.NUMBER, "o.size if o else None", "el tamaño de la empresa", "company's size", "company"),
    Field("company.country", Kind.CHOICE, "o.country if o else ''", "el país de la empresa", "company's country", "company", lookup="country"),
    Field("company.city", Kind.TEXT, "fold(o.city) if o else ''", "la ciudad de la empresa", "company's city", "company"),
    Field("company.tag", Kind.SET, "o.tags if o else NOBODY", "la etiqueta de la empresa", "company's tag", "company"),
    Field("company.owner", Kind.CHOICE, "o.owner_id if o else ''", "el responsable de la empresa", "company's owner", "company", lookup="member"),
    Field("form.posted", Kind.BEHAVIOUR, "p.posted", "un formulario", "form", "profile", lookup="form"),
    Field("campaign.sent", Kind.BEHAVIOUR, "p.mailed(0)", "una campaña recibida", "campaign received", "profile", lookup="campaign"),
    Field("campaign.opened", Kind.BEHAVIOUR, "p.mailed(1)", "una campaña abierta", "campaign opened", "profile", lookup="campaign"),
    Field("campaign.clicked", Kind.BEHAVIOUR, "p.mailed(2)", "una campaña pulsada", "campaign clicked", "profile", lookup="campaign"),
    Field("campaign.bounced", Kind.BEHAVIOUR, "p.mailed(3)", "una campaña rebotada", "campaign bounced", "profile", lookup="campaign"),
    Field("deal.status", Kind.SET, "p.statuses()", "la situación de oportunidades", "deal status", "profile", ("open", "won", "lost")),
    Field("deal.pipeline", Kind.SET, "p.open_in(1)", "la canalización de oportunidades abiertas", "pipeline of open deals", "profile", lookup="pipeline"),
    Field("deal.stage", Kind.SET, "p.open_in(2)", "la etapa de oportunidades abiertas", "stage of open deals", "profile", lookup="stage"),
    Field("deal.open_amount", Kind.MONEY, "p.worth('open')", "el importe de oportunidades abiertas", "worth of open deals", "profile"),
    Field("deal.won_amount", Kind.MONEY, "p.worth('won')", "el importe de oportunidades ganadas", "worth of won deals", "profile"),
    Field("deal.open_count", Kind.NUMBER, "p.number('open')", "el número de oportunidades abiertas", "number of open deals", "profile"),
    Field("deal.won_count", Kind.NUMBER, "p.number('won')", "el número de oportunidades ganadas", "number of won deals", "profile"),
    Field("deal.created", Kind.BEHAVIOUR, "p.dealt('')", "una oportunidad creada", "deal made", "profile", lookup="pipeline"),
    Field("deal.won", Kind.BEHAVIOUR, "p.dealt('won')", "una oportunidad ganada", "deal won", "profile", lookup="pipeline"),
    Field("deal.lost", Kind.BEHAVIOUR, "p.dealt('lost')", "una oportunidad perdida", "deal lost", "profile", lookup="pipeline"),
    Field("score.total", Kind.NUMBER, "c.score_fit + c.score_engagement", "la puntuación", "score"),
    Field("score.fit", Kind.NUMBER, "c.score_fit", "la puntuación de encaje", "fit score"),
    Field("score.engagement", Kind.NUMBER, "c.score_engagement", "la puntuación de interés", "engagement score"),
    Field("score.grade", Kind.CHOICE, "c.grade", "el grado", "grade", "contact", GRADES),
    Field("segment.member", Kind.SET, "m", "el segmento", "segment", lookup="segment"),
    Field("random.sample", Kind.SAMPLE, "c.id", "la muestra al azar", "random sample"),
)  # fmt: skip

FIELDS: Mapping[str, Field] = {each.name: each for each in _FIELDS}
"""The fields that every workspace has, by name. Those of its own (custom fields, purposes of consent) are in a `Vocabulary`."""
