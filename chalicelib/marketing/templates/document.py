"""The document of a mail made of blocks: its shape and its bounds. See docs/templates.md."""

import json
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from chalicelib.foundation.errors import FieldError, InvalidError
from chalicelib.marketing.templates.brand import COLOURS, FONTS

BLOCKS_LIMIT = 100
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_ERRORS_SHOWN = 20


def _colour(value: str) -> str:
    if value not in COLOURS and not _HEX.fullmatch(value):
        raise ValueError(f"a colour is #rrggbb or one of: {', '.join(COLOURS)}")
    return value.lower() if value.startswith("#") else value


def _font(value: str) -> str:
    if value != "brand" and value not in FONTS:
        raise ValueError(f"a font is brand or one of: {', '.join(FONTS)}")
    return value


Colour = Annotated[str, Field(max_length=20), AfterValidator(_colour)]
Font = Annotated[str, Field(max_length=20), AfterValidator(_font)]
Address = Annotated[str, Field(max_length=2000)]
Align = Literal["left", "center", "right"]
Network = Literal[
    "facebook",
    "instagram",
    "x",
    "linkedin",
    "youtube",
    "tiktok",
    "whatsapp",
    "telegram",
    "pinterest",
    "threads",
    "website",
]


class Part(BaseModel):
    """Anything in a document. What it does not know it refuses; numbers are numbers."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class Settings(Part):
    """What holds for the whole mail."""

    width: Annotated[int, Field(ge=480, le=700)] = 600
    background: Colour = "background"
    surface: Colour = "surface"
    text_color: Colour = "text"
    link_color: Colour = "link"
    font: Font = "brand"
    font_size: Annotated[int, Field(ge=12, le=22)] = 16
    radius: Annotated[int, Field(ge=0, le=32)] = 8


class Style(Part):
    """What every block may say about its looks."""

    background: Colour | None = None
    padding_top: Annotated[int, Field(ge=0, le=96)] | None = None
    padding_bottom: Annotated[int, Field(ge=0, le=96)] | None = None
    padding_x: Annotated[int, Field(ge=0, le=64)] | None = None


class AlignStyle(Style):
    """A style with a side."""

    align: Align | None = None


class TextStyle(AlignStyle):
    """How a text looks."""

    color: Colour | None = None
    font_size: Annotated[int, Field(ge=10, le=48)] | None = None
    font: Font | None = None
    line_height: Annotated[float, Field(ge=1, le=2.5)] | None = None


class ImageStyle(AlignStyle):
    """How a picture looks."""

    radius: Annotated[int, Field(ge=0, le=48)] | None = None


class ButtonStyle(AlignStyle):
    """How a button looks."""

    radius: Annotated[int, Field(ge=0, le=48)] | None = None
    font_size: Annotated[int, Field(ge=10, le=48)] | None = None
    font: Font | None = None


class LineStyle(Style):
    """How a line looks."""

    color: Colour | None = None


class SmallStyle(AlignStyle):
    """How links and small texts look."""

    color: Colour | None = None
    font_size: Annotated[int, Field(ge=10, le=48)] | None = None


class ProductStyle(AlignStyle):
    """How a product's text looks."""

    color: Colour | None = None


class Condition(Part):
    """When a block is seen: a comparison with one of the contact's values."""

    field: Annotated[str, Field(max_length=80)]
    op: Literal["is_set", "is_not_set", "is", "is_not", "contains", "not_contains"]
    value: Annotated[str, Field(max_length=200)] | None = None


class Block(Part):
    """What all blocks have."""

    id: Annotated[str, Field(max_length=40)] | None = None
    show_if: Condition | None = None


class Heading(Block):
    """A title."""

    type: Literal["heading"]
    text: Annotated[str, Field(max_length=500)]
    level: Annotated[int, Field(ge=1, le=3)] = 1
    style: TextStyle = TextStyle.model_construct()


class Text(Block):
    """Paragraphs."""

    type: Literal["text"]
    html: Annotated[str, Field(max_length=20_000)]
    style: TextStyle = TextStyle.model_construct()


class Image(Block):
    """A picture; ``src`` may be ``brand.logo``."""

    type: Literal["image"]
    src: Address
    alt: Annotated[str, Field(max_length=300)] = ""
    href: Address | None = None
    width: Annotated[int, Field(ge=16, le=700)] | None = None
    style: ImageStyle = ImageStyle.model_construct()


class Button(Block):
    """What people are to press."""

    type: Literal["button"]
    text: Annotated[str, Field(max_length=200)]
    href: Address
    size: Literal["small", "medium", "large"] | None = None
    full_width: bool | None = None
    outline: bool | None = None
    button_color: Colour | None = None
    text_color: Colour | None = None
    style: ButtonStyle = ButtonStyle.model_construct()


class Divider(Block):
    """A line."""

    type: Literal["divider"]
    thickness: Annotated[int, Field(ge=1, le=8)] | None = None
    line: Literal["solid", "dashed", "dotted"] | None = None
    width: Annotated[int, Field(ge=10, le=100)] | None = None
    style: LineStyle = LineStyle.model_construct()


class Spacer(Block):
    """Nothing, so high."""

    type: Literal["spacer"]
    height: Annotated[int, Field(ge=4, le=120)] = 24
    style: Style = Style.model_construct()


class SocialLink(Part):
    """A profile."""

    network: Network
    href: Address


class Social(Block):
    """Where else to find the sender; without links of its own those of the brand kit."""

    type: Literal["social"]
    links: Annotated[list[SocialLink], Field(max_length=10)] | None = None
    look: Literal["pills", "text"] | None = None
    style: SmallStyle = SmallStyle.model_construct()


class Picture(Part):
    """A product's picture."""

    src: Address
    alt: Annotated[str, Field(max_length=300)] = ""


class ProductButton(Part):
    """A product's button."""

    text: Annotated[str, Field(max_length=200)]
    href: Address


class Product(Block):
    """Something for sale."""

    type: Literal["product"]
    title: Annotated[str, Field(max_length=300)]
    image: Picture | None = None
    text: Annotated[str, Field(max_length=2000)] | None = None
    price: Annotated[str, Field(max_length=60)] | None = None
    old_price: Annotated[str, Field(max_length=60)] | None = None
    button: ProductButton | None = None
    layout: Literal["left", "right", "top"] | None = None
    style: ProductStyle = ProductStyle.model_construct()


class Footer(Block):
    """Who writes, why, and how to leave; without a text of its own that of the brand kit."""

    type: Literal["footer"]
    text: Annotated[str, Field(max_length=2000)] | None = None
    unsubscribe_text: Annotated[str, Field(max_length=80)] | None = None
    preferences_text: Annotated[str, Field(max_length=80)] | None = None
    show_address: bool = True
    style: SmallStyle = SmallStyle.model_construct()


class Html(Block):
    """HTML of one's own."""

    type: Literal["html"]
    html: Annotated[str, Field(max_length=20_000)]
    style: Style = Style.model_construct()


Inner = Annotated[
    Heading | Text | Image | Button | Divider | Spacer | Social | Footer | Html, Field(discriminator="type")
]


class Column(Part):
    """A column; ``width`` in percent."""

    width: Annotated[int, Field(ge=10, le=90)] | None = None
    blocks: list[Inner]


class Columns(Block):
    """Blocks side by side."""

    type: Literal["columns"]
    columns: Annotated[list[Column], Field(min_length=2, max_length=4)]
    stack: bool = True
    gap: Annotated[int, Field(ge=0, le=40)] | None = None
    vertical_align: Literal["top", "middle", "bottom"] | None = None
    style: Style = Style.model_construct()


Outer = Annotated[
    Heading | Text | Image | Button | Divider | Spacer | Social | Footer | Html | Product | Columns,
    Field(discriminator="type"),
]


class Document(Part):
    """A whole mail."""

    version: Literal[1]
    settings: Settings = Settings.model_construct()
    blocks: list[Outer]


_TAGS = frozenset(
    ("heading", "text", "image", "button", "divider", "spacer", "social", "footer", "html", "product", "columns")
)


def read(source: str) -> Document:
    """The document in a text; `InvalidError` names what does not fit: ``body.blocks.3.href``, or ``body.source`` for no JSON."""
    try:
        given = json.loads(source)
    except (ValueError, RecursionError) as error:
        raise InvalidError(
            "This is not a document of blocks: it is no JSON.", field="body.source", code="json"
        ) from error
    try:
        json.dumps(given, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise InvalidError("A text has half a character.", field="body.source", code="lone_surrogate") from error
    if not isinstance(given, dict):
        raise InvalidError("A document of blocks is a JSON object.", field="body.source", code="json")
    count = _count(given)
    if count > BLOCKS_LIMIT:
        raise InvalidError(f"A mail has at most {BLOCKS_LIMIT} blocks.", field="body.blocks", code="too_many")
    try:
        document = Document.model_validate(given)
    except ValidationError as error:
        raise InvalidError("The document does not fit.", fields=list(_errors(error))) from error
    for position, block in enumerate(document.blocks):
        if isinstance(block, Columns):
            _check_widths(block, f"body.blocks.{position}.columns")
    return document


def _count(given: dict[str, Any]) -> int:
    """How many blocks there are, whatever they are."""
    outer = given.get("blocks")
    if not isinstance(outer, list):
        return 0
    count = len(outer)
    for block in outer:
        columns = block.get("columns") if isinstance(block, dict) else None
        for column in columns if isinstance(columns, list) else ():
            inner = column.get("blocks") if isinstance(column, dict) else None
            count += len(inner) if isinstance(inner, list) else 0
    return count


def _check_widths(block: Columns, path: str) -> None:
    given = [column.width for column in block.columns if column.width is not None]
    if given and (len(given) != len(block.columns) or sum(given) != 100):
        raise InvalidError(
            "Either every column has a width and they add up to 100, or none.", field=path, code="widths"
        )


def _errors(error: ValidationError) -> Iterator[FieldError]:
    for found in error.errors(include_url=False, include_context=False, include_input=False)[:_ERRORS_SHOWN]:
        parts = [str(part) for part in found["loc"]]
        # A block's place holds its kind behind its number, which is nothing that was written.
        path = [part for at, part in enumerate(parts) if not (part in _TAGS and at and parts[at - 1].isdigit())]
        message = found["msg"].removeprefix("Value error, ")
        yield FieldError(".".join(("body", *path)), message[:300], found["type"])
