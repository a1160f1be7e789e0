"""The file with everything that is kept of a person: JSON, and pages to read in Spanish and English, in a zip."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from io import BytesIO
from typing import Any

from chalicelib.foundation.clock import to_text

Kept = Mapping[str, Sequence[Mapping[str, Any]]]

_WORDS = {
    "es": {
        "title": "Sus datos personales",
        "at": "Reunidos el",
        "intro": "Esto es todo lo que guardamos sobre usted. El archivo datos.json contiene lo mismo para otros programas.",
    },
    "en": {
        "title": "Your personal data",
        "at": "Collected on",
        "intro": "This is everything we keep about you. The file datos.json holds the same for other programs.",
    },
}
_PARTS = {
    "contacts": ("Ficha y puntuación", "Record and score"),
    "leads": ("Clientes potenciales", "Leads"),
    "consent": ("Consentimientos", "Consents"),
    "timeline": ("Historial", "Timeline"),
    "forms": ("Formularios enviados", "Forms sent"),
    "segments": ("Segmentos", "Segments"),
    "sending": ("Campañas", "Campaigns"),
    "deals": ("Oportunidades", "Deals"),
    "quotes": ("Presupuestos", "Quotes"),
    "tasks": ("Tareas", "Tasks"),
    "files": ("Archivos", "Files"),
    "merges": ("Fusiones", "Merges"),
    "imports": ("Importaciones", "Imports"),
    "exports": ("Exportaciones", "Exports"),
}
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1c2430}"
    "h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid #d8dee8;padding-bottom:.3rem}"
    "dl{display:grid;grid-template-columns:minmax(8rem,1fr) 3fr;gap:.2rem 1rem;margin:0 0 1rem;padding:.6rem;background:#f5f7fa}"
    "dt{color:#5a6675;overflow-wrap:anywhere}dd{margin:0;overflow-wrap:anywhere}"
)


def archive(kept: Kept, *, at: datetime) -> bytes:
    """The zip: ``datos.json``, ``datos.es.html`` and ``data.en.html``. The same data at the same instant give the same bytes."""
    files = {
        "datos.json": json.dumps({"at": to_text(at), "kept": kept}, ensure_ascii=False, indent=2, default=str),
        "datos.es.html": page(kept, at=at, language="es"),
        "data.en.html": page(kept, at=at, language="en"),
    }
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(entry, text)
    return content.getvalue()


def page(kept: Kept, *, at: datetime, language: str) -> str:
    """Everything on one page that needs nothing but itself; every text is escaped."""
    words, column = _WORDS[language], 0 if language == "es" else 1
    parts = []
    for name, things in kept.items():
        title = _PARTS[name][column] if name in _PARTS else name
        parts.append(f"<h2>{escape(title)}</h2>")
        parts += [_thing(each) for each in things]
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{words["title"]}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{_STYLE}</style></head><body>'
        f"<h1>{words['title']}</h1><p>{words['intro']}</p><p>{words['at']} {to_text(at)}</p>{''.join(parts)}</body></html>"
    )


def _thing(thing: Mapping[str, Any]) -> str:
    rows = "".join(f"<dt>{escape(str(name))}</dt><dd>{escape(_text(value))}</dd>" for name, value in thing.items())
    return f"<dl>{rows}</dl>"


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_text(each)}" for name, each in value.items() if each not in (None, "", [], {}))
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(_text(each) for each in value)
    return "" if value is None else str(value)
