"""The preference centre as a page: plain HTML and forms, no script, no cookie, in the reader's language."""

from typing import Any

from chalicelib.foundation.http import Call
from chalicelib.marketing.preferences.centre import Choices, label
from chalicelib.marketing.preferences.domain import FREQUENCIES, PAUSES, wants
from chalicelib.marketing.preferences.words import WORDS, day, language_of, masked, text_in

MEDIA_TYPE = "text/html; charset=utf-8"
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
}


def language_for(call: Call[Any], found: Choices | None = None) -> str:
    """The contact's own language, else the browser's, else the message's."""
    contact = found.contact if found is not None else None
    own = [contact.language] if contact is not None else []
    last = [found.campaign.language if found.campaign else found.workspace.language] if found is not None else []
    return language_of(*own, *call.languages, *last)


def page_of(call: Call[Any], state: str, found: Choices | None, token: str) -> str:
    """The page in one of its states: ask, saved, left, everything, unknown, gone, preview."""
    from chalicelib.foundation.rendering import page  # brings Jinja

    language = language_for(call, found)
    words = WORDS[language]
    name = found.workspace.name if found else "Clientela"
    contact = found.contact if found else None
    address = masked(contact.email) if contact else ""
    until = ""
    if found is not None and found.paused_until is not None:
        local = found.paused_until.astimezone(found.workspace.zone)
        until = day(local.year, local.month, local.day, language)
    filled = {
        key: words[key].format(workspace=name, address=address, date=until)
        for key in ("left", "explain", "everything", "everything_done", "preferences_for", "paused", "pause_keep")
    }
    if found is not None and found.copy.purpose:
        purpose = label(found, found.copy.purpose, language)
        for key in ("left", "explain"):
            filled[key] = words[f"{key}_one"].format(workspace=name, address=address, purpose=purpose)
    return page(
        "marketing/preferences/centre.html",
        language=language,
        words=words,
        state=state,
        workspace_name=name,
        postal_address=found.workspace.postal_address if found else "",
        action=f"/u/{token}",
        purposes=_purposes(found, language),
        topics=_topics(found, language),
        frequencies=[
            (each, words[f"frequency_{each}"], found is not None and found.frequency == each) for each in FREQUENCIES
        ],
        pauses=[(days, words["pause_for"].format(days=days)) for days in PAUSES],
        is_paused=bool(until),
        languages=[(each, words[each]) for each in WORDS],
        everything_off=found.everything_off if found else False,
        **filled,
    )


def _purposes(found: Choices | None, language: str) -> list[dict[str, Any]]:
    return [
        {"name": each, "label": label(found, each, language), "granted": granted}
        for each, granted in (found.purposes.items() if found else ())
        if found is not None
    ]


def _topics(found: Choices | None, language: str) -> list[dict[str, Any]]:
    if found is None or found.contact is None:
        return []
    return [
        {
            "key": each.key,
            "name": text_in(each.name, language),
            "description": text_in(each.description, language),
            "wanted": wants(found.contact, each),
        }
        for each in found.topics.items
    ]
