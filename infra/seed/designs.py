"""The demo's brand kit, and two templates made from the gallery: one in two languages, with a version before the present one."""

import contextlib
from datetime import datetime, timedelta

from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.templates import gallery
from chalicelib.marketing.templates import service as templates
from chalicelib.marketing.templates.brand import COLOURS, Brand
from chalicelib.marketing.templates.domain import Wording
from chalicelib.workspaces.settings.domain import Workspace


def make_designs(runtime: Runtime, workspace: Workspace, now: datetime) -> None:
    """Made again, nothing changes."""
    at = now - timedelta(days=9)
    brand = Brand(
        colors={**COLOURS, "primary": "#0b6e4f", "secondary": "#7a4a1f", "link": "#0b6e4f"},
        heading_font="georgia",
        footer_text="<p>Recibes este correo porque te suscribiste en molino.example.</p>",
        social=(("instagram", "https://www.instagram.com/molino.example"), ("website", "https://www.molino.example/")),
        changed_by="seed",
    )
    with contextlib.suppress(ConflictError):
        templates.put_brand(table=runtime.table, clock=FixedClock(at), workspace_id=workspace.id, brand=brand)
    _make(runtime, workspace, at, "newsletter", ("es", "en"))
    _make(runtime, workspace, at + timedelta(days=2), "event", ("es",))


def _make(runtime: Runtime, workspace: Workspace, at: datetime, key: str, languages: tuple[str, ...]) -> None:
    begun = {
        language: next(each for each in gallery.items(language, runtime.public_url) if each["key"] == key)
        for language in languages
    }
    template, _ = templates.create_template(
        table=runtime.table,
        clock=FixedClock(at),
        workspace=workspace,
        template_id=derived_id(workspace.created_at, "template", key),
        name=begun["es"]["name"],
        language="es",
        wordings={
            language: Wording("blocks", each["source"], each["subject"], each["preheader"])
            for language, each in begun.items()
        },
        changed_by="seed",
    )
    if template.version == 1:
        templates.change_template(
            table=runtime.table,
            clock=FixedClock(at + timedelta(hours=3)),
            workspace=workspace,
            template_id=template.id,
            version=1,
            changes={"name": f"{template.name} de Molino"},
            changed_by="seed",
        )
