"""What is worth knowing about a mail before it goes out: its links, pictures, words and subject. Nothing is fetched."""

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from chalicelib.marketing.templates.brand import Brand
from chalicelib.marketing.templates.colours import contrast
from chalicelib.marketing.templates.domain import Body, Notice, Severity
from chalicelib.marketing.templates.seen import Seen
from chalicelib.marketing.templates.words import message

SUBJECT_LENGTH = 60
_SHOWN = 80  # characters of an address in a notice
_EACH = 10  # notices of one code: more of them teach nothing
_READABLE = 4.5
_PLACEHOLDER = re.compile(r"\{\{[^{]*?\}\}|\{%[^{]*?%\}")  # none reaches into another: hostile texts end quickly
_LOCAL = re.compile(r"(?:localhost|.*\.(?:localhost|local|internal|lan|home|test|invalid))", re.IGNORECASE)
_HOST = re.compile(r"(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}", re.IGNORECASE)
_OUR_OWN = ("{{ unsubscribe_url }}", "{{ preferences_url }}")

_MONEY = ("promete dinero", "it promises money")
_HURRY = ("mete prisa", "it hurries people")
_FREE = ("promete algo gratis", "it promises something for nothing")
_TRICK = ("suena a engaño", "it sounds like a trick")
_HEALTH = ("es típico de la venta de medicamentos", "it is typical of sold medicine")
_DEBT = ("es típico de préstamos y apuestas", "it is typical of loans and betting")
SPAM_WORDS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("gana dinero", "dinero fácil", "dinero rápido", "ingresos extra", "hazte rico", "make money", "earn cash",
                     "extra income", "get rich", "cash bonus", "double your"), _MONEY),
    **dict.fromkeys(("actúa ya", "compra ya", "última oportunidad", "solo hoy", "urgente", "no lo dejes pasar", "act now", "buy now",
                     "last chance", "limited time", "urgent", "hurry up", "don't delete"), _HURRY),
    **dict.fromkeys(("100% gratis", "totalmente gratis", "gratis total", "regalo gratis", "100% free", "free gift", "free money",
                     "absolutely free", "no cost", "risk free", "risk-free", "sin riesgo", "sin compromiso"), _FREE),
    **dict.fromkeys(("esto no es spam", "has ganado", "has sido seleccionado", "felicidades, has", "haz clic aquí", "pincha aquí",
                     "this is not spam", "you have won", "you've been selected", "congratulations, you", "click here", "dear friend",
                     "querido amigo", "garantizado", "milagro", "guaranteed", "miracle"), _TRICK),
    **dict.fromkeys(("viagra", "cialis", "adelgaza", "pierde peso", "lose weight", "weight loss", "cura"), _HEALTH),
    **dict.fromkeys(("casino", "apuestas", "préstamo", "elimina tus deudas", "loan", "eliminate debt", "lottery", "lotería",
                     "crypto investment", "inversión en cripto"), _DEBT),
}  # fmt: skip
"""Words that filters have learnt from unwanted mail, in small letters, with the reason in Spanish and English. One alone harms
nobody; they are shown so that whoever writes can choose.
"""
_SPAM = re.compile(
    r"(?<!\w)(" + "|".join(sorted((re.escape(word) for word in SPAM_WORDS), key=len, reverse=True)) + r")(?!\w)",
    re.IGNORECASE,
)


def notices(body: Body, seen: Seen, *, subject: str, preheader: str, own_address: bool = True) -> list[Notice]:
    """Everything that is worth knowing, the gravest first. ``own_address`` says whether the workspace has a postal address."""
    found = [*body.warnings, *_subject(subject, preheader)]
    if not own_address:
        found.append(_notice("postal_address_missing", "workspace.postal_address", "error"))
    found += _links(seen)
    found += _images(seen)
    found += _words(seen, subject, preheader)
    if not _text(seen).strip() and not seen.images:
        found.append(_notice("empty_message", "body", "warning"))
    order = {"error": 0, "warning": 1, "info": 2}
    return sorted(_bounded(found), key=lambda each: order[each.severity])


def brand_notices(brand: Brand) -> list[Notice]:
    """Pairs of the kit's colours that are hard to tell apart."""
    found = []
    for ink, ground, spanish, english in (
        ("text", "surface", "El texto sobre el fondo del correo", "The text on the mail's ground"),
        ("text", "background", "El texto sobre el fondo exterior", "The text on the outer ground"),
        ("muted", "surface", "El texto secundario", "The secondary text"),
        ("link", "surface", "El color de los enlaces", "The colour of links"),
        ("on_primary", "primary", "El texto de los botones", "The text of buttons"),
    ):
        ratio = contrast(brand.colour(ink), brand.colour(ground))
        if ratio < _READABLE:
            params = {"ratio": f"{ratio:.1f}", "what_es": spanish, "what_en": english}
            found.append(_notice("contrast_low", f"colors.{ink}", "warning", **params))
    return found


def _notice(code: str, field: str, severity: Severity, **params: object) -> Notice:
    bare = Notice(code, "", field, severity=severity, params=params)
    return Notice(code, message(bare, "en"), field, severity=severity, params=params)


def _subject(subject: str, preheader: str) -> Iterator[Notice]:
    bare = _PLACEHOLDER.sub("Lucía", subject).strip()
    if not bare:
        yield _notice("subject_missing", "subject", "error")
        return
    if len(bare) > SUBJECT_LENGTH:
        yield _notice("subject_long", "subject", "warning", length=len(bare))
    letters = [each for each in _PLACEHOLDER.sub("", subject) if each.isalpha()]
    if (len(letters) > 8 and sum(each.isupper() for each in letters) > len(letters) * 0.6) or bare.count("!") > 1:
        yield _notice("subject_shouting", "subject", "warning")
    if not preheader.strip():
        yield _notice("preheader_missing", "preheader", "info")


def _links(seen: Seen) -> Iterator[Notice]:
    for field, address in seen.links:
        code, severity = judged(address)
        if code:
            yield _notice(f"link_{code}", field, severity, address=address.strip()[:_SHOWN])


def judged(address: str) -> tuple[str, Severity]:
    """What is wrong with a link's address (``broken``, ``local``, …) and how bad that is; empty when nothing is."""
    address = address.strip()
    if not address or address == "#":
        return "empty", "error"
    if address in _OUR_OWN or address.startswith("#"):
        return "", "info"
    if _PLACEHOLDER.fullmatch(address):
        return ("", "info") if "default" in address else ("placeholder_only", "warning")
    bare = _PLACEHOLDER.sub("x", address)
    if bare.lower().startswith(("mailto:", "tel:")):
        rest = bare.partition(":")[2].partition("?")[0]
        good = (
            "@" in rest.strip("@")
            if bare.lower().startswith("mailto:")
            else bool(re.fullmatch(r"\+?[0-9 ()./x-]{3,30}", rest))
        )
        return ("", "info") if good else ("broken", "error")
    try:
        parts = urlsplit(bare)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "broken", "error"
    if parts.scheme.lower() not in ("http", "https") or not host or re.search(r"\s", bare):
        return "broken", "error"
    if _is_local(host):
        return "local", "error"
    if not _HOST.fullmatch(_ascii(host)) or parts.username is not None or (port is not None and port not in (80, 443)):
        return "odd", "warning"
    return ("insecure", "warning") if parts.scheme.lower() == "http" else ("", "info")


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return ""


def _is_local(host: str) -> bool:
    if _LOCAL.fullmatch(host):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def _images(seen: Seen) -> Iterator[Notice]:
    for field, address, alt in seen.images:
        if alt is None or not alt.strip():
            yield _notice(
                "image_no_alt", field.removesuffix(".src") + (".alt" if field.endswith(".src") else ""), "warning"
            )
        code, _ = judged(address)
        if code in ("insecure", "local"):
            severity: Severity = "error" if code == "local" else "warning"
            yield _notice(f"image_{code}", field, severity, address=address[:_SHOWN])
    words = len(re.findall(r"\w+", _text(seen)))
    if len(seen.images) >= 2 and words < 20 * len(seen.images):
        yield _notice("images_many", "body", "warning", images=len(seen.images), words=words)


def _words(seen: Seen, subject: str, preheader: str) -> Iterator[Notice]:
    told: set[str] = set()
    for field, text in (("subject", subject), ("preheader", preheader), *seen.texts):
        for found in _SPAM.finditer(_PLACEHOLDER.sub(" ", text)):
            word = found[1].lower()
            if word not in told:
                told.add(word)
                spanish, english = SPAM_WORDS[word]
                severity: Severity = "warning" if field == "subject" else "info"
                yield _notice("spam_word", field, severity, word=found[1], why_es=spanish, why_en=english)


def _text(seen: Seen) -> str:
    return " ".join(_PLACEHOLDER.sub(" ", text) for _, text in seen.texts)


def _bounded(found: list[Notice]) -> Iterator[Notice]:
    counts: dict[str, int] = {}
    for each in found:
        counts[each.code] = counts.get(each.code, 0) + 1
        if counts[each.code] <= _EACH:
            yield each
