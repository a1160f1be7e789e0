"""All texts of a campaign, compiled: its own, those in other languages, those of a test's variants.

Links have one numbering over all of them, so that a click's token needs only the number, and the same address counts as one link
whichever text it was clicked in.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from chalicelib.foundation.errors import FieldError, InvalidError
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns.domain import BodySource, Campaign, field_of
from chalicelib.marketing.templates import service as templates
from chalicelib.marketing.templates.domain import Body, Notice

SOURCES_LIMIT = 600_000
"""Bytes of all texts together: they are written in one transaction, which takes 4 MB."""
_LINK = re.compile(r"\{\{ link_(\d+) \}\}")


def compile_texts(
    table: Table, campaign: Campaign, sources: Mapping[str, BodySource]
) -> tuple[dict[str, Body], tuple[Notice, ...]]:
    """The bodies by the names of their texts, and what is worth knowing about them. ``sources`` has what was written, by name; a
    variant without one has the body of the campaign's text in its language.

    `InvalidError` names what cannot be read or is not allowed, in whichever text it is.
    """
    written = {name: sources.get(name) or sources[campaign.own_text(name)] for name in campaign.wordings}
    if sum(len(each.source.encode()) for each in written.values()) > SOURCES_LIMIT:
        raise InvalidError(f"All texts together have at most {SOURCES_LIMIT} bytes.", field="body", code="too_long")
    made: dict[str, Body] = {}
    notices: list[Notice] = []
    wrong: list[FieldError] = []
    numbers: dict[str, int] = {}
    for name in campaign.wordings:
        place, wording = field_of(name), campaign.wording(name)
        try:
            body = templates.compile_body(
                table=table,
                workspace_id=campaign.workspace_id,
                body_format=written[name].format,
                source=written[name].source,
                preheader=wording.preheader,
                language=campaign.language_of(name),
                subject=wording.subject,
            )
        except InvalidError as error:
            wrong += [FieldError(place + each.field, each.message, each.code) for each in error.fields]
            continue
        made[name] = _numbered(body, numbers)
        notices += [
            replace(each, field=place + each.field)
            for each in body.warnings
            if name in sources or not each.field.startswith("body")
        ]
    if wrong:
        raise InvalidError("A text cannot be used as it is.", fields=wrong)
    links = tuple(numbers)
    return {name: replace(body, links=links) for name, body in made.items()}, tuple(notices)


def _numbered(body: Body, numbers: dict[str, int]) -> Body:
    """The body with the campaign's numbers on its links; addresses that are new get the next ones."""
    for address in body.links:
        numbers.setdefault(address, len(numbers))
    own = [numbers[address] for address in body.links]
    if own == list(range(len(own))):
        return replace(body, used=tuple(own))

    def number(found: re.Match[str]) -> str:
        return f"{{{{ link_{own[int(found[1])]} }}}}"

    return replace(body, html=_LINK.sub(number, body.html), text=_LINK.sub(number, body.text), used=tuple(own))
