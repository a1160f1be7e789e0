"""Templates to begin from: one file each in ``designs``, with its texts in Spanish and English side by side.

Wherever a value is ``{"es": …, "en": …}`` the language chooses; ``asset:<name>`` is a picture of ours, which lies with the SPA
(``web/artwork``).
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

_DESIGNS = Path(__file__).parent / "designs"
KEYS = ("newsletter", "welcome", "offer", "event", "launch", "come-back", "birthday", "letter")
"""The designs in the order in which they are offered."""
_ASSET = "asset:"


def items(language: str, public_url: str) -> list[dict[str, str]]:
    """Key, name, description, subject, preheader and source (a document of blocks) of each design, in a language."""
    return [_item(key, language, public_url.rstrip("/")) for key in KEYS]


@cache
def _item(key: str, language: str, public_url: str) -> dict[str, str]:
    raw = json.loads((_DESIGNS / f"{key}.json").read_text(encoding="utf-8"))
    said = _in_language(raw, "en" if language == "en" else "es", public_url)
    source = json.dumps(said.pop("document"), ensure_ascii=False)
    return {**said, "source": source}


def _in_language(value: Any, language: str, public_url: str) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"es", "en"}:
            return value[language]
        return {name: _in_language(each, language, public_url) for name, each in value.items()}
    if isinstance(value, list):
        return [_in_language(each, language, public_url) for each in value]
    if isinstance(value, str) and value.startswith(_ASSET):
        return f"{public_url}/mail/{value.removeprefix(_ASSET)}.png"
    return value
