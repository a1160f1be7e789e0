"""Templates, the brand kit and what is worth knowing about them, as the API takes and shows them."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from chalicelib.foundation.http.schemas import Instant, Schema, Versioned
from chalicelib.marketing.templates.brand import COLOURS, FONTS, NETWORKS, Brand
from chalicelib.marketing.templates.document import Network
from chalicelib.marketing.templates.domain import CustomField, Format, Notice, Preview, Template, Version, Wording
from chalicelib.marketing.templates.words import message

Language = Literal["es", "en"]
Line = Annotated[str, StringConstraints(max_length=255)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Hex = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$", to_lower=True)]
Font = Literal["arial", "helvetica", "verdana", "tahoma", "trebuchet", "georgia", "times", "courier"]
WebAddress = Annotated[str, StringConstraints(max_length=1000, pattern=r"^(https?://[^\s/<>\"'{}]+[^\s<>\"'{}]*)?$")]
Profile = Annotated[str, StringConstraints(max_length=500, pattern=r"^https?://[^\s/<>\"'{}]+[^\s<>\"'{}]*$")]


class TemplateBody(Schema):
    """What a mail says: a document of blocks as JSON text, MJML, HTML or plain text, with placeholders."""

    format: Format
    source: Annotated[str, StringConstraints(max_length=128_000, strip_whitespace=False)]


class TranslationIn(Schema):
    """What a template says in another language."""

    subject: Line = ""
    preheader: Line = ""
    body: TemplateBody

    def wording(self) -> Wording:
        """The domain's."""
        return Wording(self.body.format, self.body.source, self.subject, self.preheader)


class Translations(Schema):
    """What a template says in languages other than its own."""

    es: TranslationIn | None = None
    en: TranslationIn | None = None

    def wordings(self) -> dict[str, Wording]:
        """By language."""
        return {name: each.wording() for name, each in (("es", self.es), ("en", self.en)) if each is not None}


class TemplateIn(Schema):
    """A new template."""

    name: Name
    subject: Line = ""
    preheader: Line = ""
    language: Language | None = None
    body: TemplateBody
    translations: Translations = Translations()

    def wordings(self, language: str) -> dict[str, Wording]:
        """What it says by language, its own first; `InvalidError` when its own is among the translations."""
        from chalicelib.marketing.templates.service import joined

        own = Wording(self.body.format, self.body.source, self.subject, self.preheader)
        return joined(language, own, self.translations.wordings())


class TemplateChange(Versioned):
    """Changes to a template; what is not named stays."""

    name: Name | None = None
    subject: Line | None = None
    preheader: Line | None = None
    language: Language | None = None
    body: TemplateBody | None = None
    translations: Translations | None = None

    def values(self) -> dict[str, Any]:
        """The changes as `service.change_template` takes them."""
        named = {each: getattr(self, each) for each in ("name", "subject", "preheader", "language")}
        values = {name: value for name, value in named.items() if value is not None}
        if self.body is not None:
            values |= {"format": self.body.format, "source": self.body.source}
        if self.translations is not None:
            values["translations"] = self.translations.wordings()
        return values


class TemplateNotice(Schema):
    """Something worth knowing about a mail, in the caller's language; what is ``blocking`` must be put right before sending."""

    code: str
    severity: str
    message: str
    field: str
    blocking: bool
    params: dict[str, str | int | float]

    @classmethod
    def of(cls, notice: Notice, language: str) -> "TemplateNotice":
        """A notice as it is shown."""
        return cls(
            code=notice.code,
            severity=notice.severity,
            message=message(notice, language),
            field=notice.field,
            blocking=notice.blocking,
            params=dict(notice.params),
        )


def notices(found: Iterable[Notice], language: str) -> list[TemplateNotice]:
    """Notices as they are shown."""
    return [TemplateNotice.of(each, language) for each in found]


class TranslationOut(Schema):
    """What a template says in another language."""

    subject: str
    preheader: str
    body: TemplateBody


class TemplateOut(Schema):
    """A template. In lists ``body`` and ``translations`` are null and there are no warnings."""

    id: str
    name: str
    subject: str
    preheader: str
    language: str
    languages: list[str]
    format: str
    body: TemplateBody | None
    translations: dict[str, TranslationOut] | None
    size: int
    warnings: list[TemplateNotice]
    created_at: Instant
    updated_at: Instant
    changed_by: str | None
    version: int

    @classmethod
    def of(cls, template: Template, found: Iterable[Notice] = (), language: str = "es") -> "TemplateOut":
        """A template as it is shown."""
        whole = template.wordings is not None
        own = template.own if whole else None
        others = {
            each: TranslationOut(
                subject=said.subject,
                preheader=said.preheader,
                body=TemplateBody(format=said.format, source=said.source),
            )
            for each, said in (template.wordings or {}).items()
            if each != template.language
        }
        return cls(
            id=template.id,
            name=template.name,
            subject=template.subject,
            preheader=own.preheader if own else "",
            language=template.language,
            languages=list(template.languages),
            format=template.format,
            body=TemplateBody(format=own.format, source=own.source) if own else None,
            translations=others if whole else None,
            size=template.size,
            warnings=notices(found, language),
            created_at=template.created_at,
            updated_at=template.updated_at,
            changed_by=template.changed_by or None,
            version=template.version,
        )


def present(template: Template) -> TemplateOut:
    """The present template in a conflict's answer."""
    return TemplateOut.of(template)


class VersionOut(Schema):
    """A version of a template."""

    number: int
    name: str
    subject: str
    format: str
    size: int
    changed_at: Instant
    changed_by: str | None

    @classmethod
    def of(cls, version: Version) -> "VersionOut":
        """A version as it is shown."""
        return cls(
            number=version.number,
            name=version.name,
            subject=version.subject,
            format=version.format,
            size=version.size,
            changed_at=version.changed_at,
            changed_by=version.changed_by or None,
        )


class LookIn(Schema):
    """A mail to be looked at: one that is being written (``body``), or a saved template's, in ``language`` if it has that."""

    body: TemplateBody | None = None
    template_id: Annotated[str, StringConstraints(max_length=40)] = ""
    subject: Line = ""
    preheader: Line = ""
    language: Language | None = None
    contact_id: Annotated[str, StringConstraints(max_length=40)] = ""

    def wording(self) -> Wording | None:
        """What is being written, if that is it."""
        return Wording(self.body.format, self.body.source, self.subject, self.preheader) if self.body else None


class TryIn(LookIn):
    """A mail to be sent once, to try it."""

    to: Annotated[str, StringConstraints(min_length=3, max_length=254)]


class TriedOut(Schema):
    """The test was handed over."""

    to: str


class CheckOut(Schema):
    """What is worth knowing about a mail, and how many bytes its HTML has."""

    size: int
    warnings: list[TemplateNotice]


class TemplatePreviewOut(Schema):
    """A mail as one person would see it."""

    subject: str
    preheader: str
    html: str
    text: str
    size: int
    language: str
    warnings: list[TemplateNotice]

    @classmethod
    def of(cls, made: Preview, language: str) -> "TemplatePreviewOut":
        """A preview as it is shown; ``language`` is the caller's."""
        return cls(
            subject=made.subject,
            preheader=made.preheader,
            html=made.html,
            text=made.text,
            size=made.size,
            language=made.language,
            warnings=notices(made.warnings, language),
        )


class GalleryQuery(Schema):
    """In which language; the caller's where none is named."""

    language: Language | None = None


class GalleryItem(Schema):
    """A template to begin from."""

    key: str
    name: str
    description: str
    subject: str
    preheader: str
    body: TemplateBody


class PlaceholderOut(Schema):
    """A value that texts may show."""

    name: str
    kind: str
    label: str


class FontOut(Schema):
    """A font that every mail program has."""

    key: str
    label: str
    stack: str


class NetworkOut(Schema):
    """A social network that blocks may lead to."""

    key: str
    label: str


class GalleryOut(Schema):
    """What an editor offers: templates to begin from, values, fonts and networks."""

    items: list[GalleryItem]
    placeholders: list[PlaceholderOut]
    fonts: list[FontOut]
    networks: list[NetworkOut]

    @classmethod
    def of(
        cls, items: Iterable[dict[str, str]], language: str, fields: Iterable[CustomField], labels: dict[str, str]
    ) -> "GalleryOut":
        """The gallery in a language."""
        from chalicelib.marketing.templates.words import PLACEHOLDERS

        known = [
            PlaceholderOut(name=name, kind=kind, label=words[language == "en"])
            for name, (kind, *words) in PLACEHOLDERS.items()
        ]
        kinds = {"multi_choice": "list", "date": "date", "money": "money", "number": "number", "url": "link"}
        own = [
            PlaceholderOut(name=each.name, kind=kinds.get(each.type, "text"), label=labels.get(each.key, each.key))
            for each in fields
        ]
        return cls(
            items=[
                GalleryItem(
                    **{name: value for name, value in each.items() if name != "source"},
                    body=TemplateBody(format="blocks", source=each["source"]),
                )
                for each in items
            ],
            placeholders=[*known, *own],
            fonts=[FontOut(key=key, label=name, stack=stack) for key, (name, stack) in FONTS.items()],
            networks=[NetworkOut(key=key, label=name) for key, name in NETWORKS.items()],
        )


# The brand kit


class BrandColours(Schema):
    """The kit's colours by name."""

    primary: Hex = COLOURS["primary"]
    secondary: Hex = COLOURS["secondary"]
    background: Hex = COLOURS["background"]
    surface: Hex = COLOURS["surface"]
    text: Hex = COLOURS["text"]
    muted: Hex = COLOURS["muted"]
    link: Hex = COLOURS["link"]
    on_primary: Hex = COLOURS["on_primary"]


class BrandSocial(Schema):
    """A profile of the sender's."""

    network: Network
    href: Profile


class BrandKit(Schema):
    """How a workspace's mails look."""

    logo_url: WebAddress = ""
    logo_alt: Annotated[str, StringConstraints(max_length=100)] = ""
    logo_width: Annotated[int, Field(ge=40, le=400)] = 160
    colors: BrandColours = BrandColours()
    font: Font = "arial"
    heading_font: Font = "arial"
    radius: Annotated[int, Field(ge=0, le=32)] = 6
    footer_text: Annotated[str, StringConstraints(max_length=2000)] = ""
    social: Annotated[list[BrandSocial], Field(max_length=10)] = []


class BrandIn(BrandKit):
    """A brand kit to be kept; ``version`` is the one it was read at, 0 when there was none."""

    version: Annotated[int, Field(ge=0)]

    def brand(self, changed_by: str) -> Brand:
        """The domain's."""
        return Brand(
            logo_url=self.logo_url,
            logo_alt=self.logo_alt,
            logo_width=self.logo_width,
            colors=self.colors.model_dump(),
            font=self.font,
            heading_font=self.heading_font,
            radius=self.radius,
            footer_text=self.footer_text,
            social=tuple((each.network, each.href) for each in self.social),
            changed_by=changed_by,
            version=self.version,
        )


class BrandOut(BrandKit):
    """A brand kit, with what is worth knowing about it."""

    version: int
    updated_at: Instant | None
    changed_by: str | None
    notices: list[TemplateNotice]

    @classmethod
    def of(cls, brand: Brand, found: Iterable[Notice] = (), language: str = "es") -> "BrandOut":
        """A brand kit as it is shown."""
        return cls(
            logo_url=brand.logo_url,
            logo_alt=brand.logo_alt,
            logo_width=brand.logo_width,
            colors=BrandColours(**brand.whole().colors),
            font=brand.font,  # type: ignore[arg-type]
            heading_font=brand.heading_font,  # type: ignore[arg-type]
            radius=brand.radius,
            footer_text=brand.footer_text,
            social=[BrandSocial(network=network, href=href) for network, href in brand.social],  # type: ignore[arg-type]
            version=brand.version,
            updated_at=brand.updated_at,
            changed_by=brand.changed_by or None,
            notices=notices(found, language),
        )


def present_brand(brand: Brand) -> BrandOut:
    """The present brand kit in a conflict's answer."""
    return BrandOut.of(brand)
