"""Reading the answers of the page's form: a box that is not ticked is not posted, so what the page asks decides what a no is."""

from collections.abc import Mapping

from chalicelib.marketing.preferences.centre import Choices
from chalicelib.marketing.preferences.domain import FREQUENCIES, PAUSES
from chalicelib.marketing.preferences.service import Wish


def wish_in(fields: Mapping[str, list[str]], present: Choices) -> Wish:
    """What these fields say. Of topics only those that the form says it has shown are answered: the page may be older than one."""
    ticked, shown = set(fields.get("purpose", [])), set(fields.get("shown", []))
    topics = set(fields.get("topic", []))
    wanted, pause = fields.get("frequency", [""])[0], fields.get("pause", [""])[0]
    language = fields.get("language", [""])[0]
    return Wish(
        language=language if language in ("es", "en") else None,
        topics={each.key: each.key in topics for each in present.topics.items if each.key in shown | topics},
        frequency=next((each for each in FREQUENCIES if each == wanted), None),
        pause_days=int(pause) if pause in ("0", *map(str, PAUSES)) else None,
        purposes={purpose: purpose in ticked for purpose in present.purposes},
    )
