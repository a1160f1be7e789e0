"""A quote as PDF, set by Typst in Inter.

What the quote says goes in as data (JSON in ``sys.inputs``), never as markup: whatever a name, a line or the terms hold is shown as it
is written. Typst is a package of a Lambda layer, 30 MB: only the function of the queue ``exports`` has it.
"""

import json
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.sales.quotes.document import Document

_TEMPLATE = Path(__file__).parent / "templates" / "quote.typ"


def to_pdf(document: Document, *, at: datetime, accept_url: str = "") -> bytes:
    """The PDF, made at this instant: the same bytes whenever it is set again.

    It is a PDF/UA-1, for readers that speak, unless a text has characters that no font here can show (emoji, Chinese): they stand as
    boxes, which the standard does not allow.
    """
    import typst

    at = at.replace(microsecond=0)  # a PDF keeps whole seconds, and Typst takes no others
    try:
        return _set(document, accept_url, format="pdf", timestamp=at, pdf_standards="ua-1")[0]
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
    return _set(document, accept_url, format="pdf", timestamp=at)[0]


def to_pictures(document: Document, *, accept_url: str = "") -> list[bytes]:
    """Its pages as PNG, for looking at it."""
    return _set(document, accept_url, format="png", ppi=110)


def _set(document: Document, accept_url: str, **options: Any) -> list[bytes]:
    import typst

    data: dict[str, Any] = {**asdict(document), "words": dict(document.words), "accept_url": accept_url}
    made: Any = typst.compile(
        _TEMPLATE.read_bytes(),
        font_paths=[_fonts()],
        ignore_system_fonts=True,
        sys_inputs={"quote": json.dumps(data, ensure_ascii=False)},
        **options,
    )
    return list(made) if isinstance(made, list) else [made]


@cache
def _fonts() -> str:
    """Where Inter lies: in the layer, cut to our weights and alphabets; in development in its package."""
    from importlib.resources import files
    from importlib.util import find_spec

    if find_spec("clientela_fonts"):
        return str(files("clientela_fonts"))
    return str(files("fontpkg_inter").joinpath("files"))
