"""HTTP: templates with their versions, looking at mails, the gallery and the brand kit."""

from typing import Any

from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.http import Answer, Call, Page, PageQuery, Routes, Versioned
from chalicelib.marketing.templates import checks, service
from chalicelib.marketing.templates.domain import Notice, Template, Wording
from chalicelib.marketing.templates.schemas import (
    BrandIn,
    BrandOut,
    CheckOut,
    GalleryOut,
    GalleryQuery,
    LookIn,
    TemplateChange,
    TemplateIn,
    TemplateOut,
    TemplatePreviewOut,
    VersionOut,
    notices,
    present,
    present_brand,
)
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("templates", __name__)


@routes.get("/templates", permission="campaigns:read", query=PageQuery, returns=Page[TemplateOut])
def list_templates(call: Call[None]) -> Page[TemplateOut]:
    """The workspace's templates, newest first, without what they say."""
    runtime, limit = call.runtime, call.query.limit
    position = runtime.cursors.read(call.workspace_id, "templates", call.query.cursor)
    found = service.list_templates(
        table=runtime.table, workspace_id=call.workspace_id, before=position[0] if position else "", limit=limit
    )
    more = len(found) == limit
    cursor = runtime.cursors.write(call.workspace_id, "templates", [found[-1].id]) if more else None
    return Page(items=[TemplateOut.of(template) for template in found], next_cursor=cursor)


@routes.post("/templates", permission="campaigns:write", body=TemplateIn, returns=TemplateOut, status=201)
def create_template(call: Call[TemplateIn]) -> Answer:
    """Make a template. One that does not compile is refused, with the place and the line."""
    workspace = _workspace(call)
    language = call.body.language or workspace.language
    template, found = service.create_template(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace=workspace,
        template_id=call.creation_id,
        name=call.body.name,
        language=language,
        wordings=call.body.wordings(language),
        changed_by=call.actor.reference,
    )
    shown = TemplateOut.of(template, found, _language(call, workspace))
    return Answer(shown, 201, {"Location": f"/api/v1/templates/{template.id}"})


@routes.get("/templates/{template_id}", permission="campaigns:read", returns=TemplateOut)
def get_template(call: Call[None], template_id: str) -> TemplateOut:
    """A template with what it says, and what is worth knowing about it."""
    template = service.get_template(table=call.runtime.table, workspace_id=call.workspace_id, template_id=template_id)
    return _whole(call, template)


@routes.patch(
    "/templates/{template_id}",
    permission="campaigns:write",
    body=TemplateChange,
    returns=TemplateOut,
    present=present,
)
def change_template(call: Call[TemplateChange], template_id: str) -> TemplateOut:
    """Change a template: what it says becomes a new version."""
    workspace = _workspace(call)
    template, found = service.change_template(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace=workspace,
        template_id=template_id,
        version=call.body.version,
        changes=call.body.values(),
        changed_by=call.actor.reference,
    )
    return TemplateOut.of(template, found, _language(call, workspace))


@routes.delete("/templates/{template_id}", permission="campaigns:write", present=present, errors=(409,))
def delete_template(call: Call[None], template_id: str) -> None:
    """Delete a template with its versions; it can be restored for 30 days. Campaigns made from it keep their text."""
    service.delete_template(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        template_id=template_id,
        changed_by=call.actor.reference,
    )


@routes.post("/templates/{template_id}/restore", permission="campaigns:write", returns=TemplateOut)
def restore_template(call: Call[None], template_id: str) -> TemplateOut:
    """Bring a deleted template back, with its versions."""
    template = service.restore_template(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        template_id=template_id,
        restored_by=call.actor.reference,
    )
    return _whole(call, template)


@routes.get("/templates/{template_id}/versions", permission="campaigns:read", query=PageQuery, returns=Page[VersionOut])
def list_template_versions(call: Call[None], template_id: str) -> Page[VersionOut]:
    """What a template said, the newest first."""
    cursors, limit = call.runtime.cursors, call.query.limit
    name = f"templates:{template_id}"
    position = cursors.read(call.workspace_id, name, call.query.cursor)
    found = service.list_versions(
        table=call.runtime.table,
        workspace_id=call.workspace_id,
        template_id=template_id,
        before=position[0] if position else "",
        limit=limit,
    )
    more = len(found) == limit and found[-1].number > 1
    cursor = cursors.write(call.workspace_id, name, [str(found[-1].number)]) if more else None
    return Page(items=[VersionOut.of(version) for version in found], next_cursor=cursor)


@routes.get("/templates/{template_id}/versions/{number}", permission="campaigns:read", returns=TemplateOut)
def get_template_version(call: Call[None], template_id: str, number: str) -> TemplateOut:
    """A template as it was at a version."""
    found = service.get_version(
        table=call.runtime.table,
        workspace_id=call.workspace_id,
        template_id=template_id,
        number=_number(number),
    )
    return TemplateOut.of(found)


@routes.post(
    "/templates/{template_id}/versions/{number}/restore",
    permission="campaigns:write",
    body=Versioned,
    returns=TemplateOut,
    present=present,
)
def restore_template_version(call: Call[Versioned], template_id: str, number: str) -> TemplateOut:
    """Say again what a version said, as a new version."""
    workspace = _workspace(call)
    template, found = service.restore_version(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace=workspace,
        template_id=template_id,
        number=_number(number),
        version=call.body.version,
        changed_by=call.actor.reference,
    )
    return TemplateOut.of(template, found, _language(call, workspace))


# Looking at mails


@routes.post("/templates/preview", permission="campaigns:read", body=LookIn, returns=TemplatePreviewOut)
def preview_template(call: Call[LookIn]) -> TemplatePreviewOut:
    """A mail, saved or not, as a contact would see it, or somebody made up."""
    workspace = _workspace(call)
    language, wording = _looked_at(call, workspace)
    made = service.preview(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace=workspace,
        public_url=call.runtime.public_url,
        wording=wording,
        language=language,
        contact_id=call.body.contact_id,
    )
    return TemplatePreviewOut.of(made, _language(call, workspace))


@routes.post("/templates/check", permission="campaigns:read", body=LookIn, returns=CheckOut)
def check_template(call: Call[LookIn]) -> CheckOut:
    """What is worth knowing about a mail, saved or not; one that does not compile is refused as when it is saved."""
    workspace = _workspace(call)
    language, wording = _looked_at(call, workspace)
    looked = service.look(table=call.runtime.table, workspace=workspace, wording=wording, language=language)
    return CheckOut(size=looked.size, warnings=notices(looked.notices, _language(call, workspace)))


@routes.get("/templates/gallery", permission="campaigns:read", query=GalleryQuery, returns=GalleryOut)
def get_gallery(call: Call[None]) -> GalleryOut:
    """Templates to begin from, and what an editor offers: values, fonts, networks."""
    from chalicelib.marketing.templates import gallery

    language = call.query.language or _language(call, _workspace(call))
    fields, labels = service.custom_labels(table=call.runtime.table, workspace_id=call.workspace_id)
    return GalleryOut.of(gallery.items(language, call.runtime.public_url), language, fields, labels)


# The brand kit


@routes.get("/brand", permission="campaigns:read", returns=BrandOut)
def get_brand(call: Call[None]) -> BrandOut:
    """How the workspace's mails look."""
    brand = service.get_brand(table=call.runtime.table, workspace_id=call.workspace_id)
    return BrandOut.of(brand, checks.brand_notices(brand), _language(call, _workspace(call)))


@routes.put("/brand", permission="campaigns:write", body=BrandIn, returns=BrandOut, present=present_brand)
def put_brand(call: Call[BrandIn]) -> BrandOut:
    """Replace the brand kit. Mails that are being written take its colours when they are next saved."""
    brand = service.put_brand(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        brand=call.body.brand(call.actor.reference),
    )
    return BrandOut.of(brand, checks.brand_notices(brand), _language(call, _workspace(call)))


def _looked_at(call: Call[LookIn], workspace: Workspace) -> tuple[str, Wording]:
    if call.body.contact_id:
        call.require("contacts:read")
    return service.to_look_at(
        table=call.runtime.table,
        workspace=workspace,
        wording=call.body.wording(),
        template_id=call.body.template_id,
        language=call.body.language or "",
        contact_id=call.body.contact_id,
    )


def _whole(call: Call[Any], template: Template) -> TemplateOut:
    workspace = _workspace(call)
    found: list[Notice]
    try:
        _, found = service.checked(table=call.runtime.table, workspace=workspace, template=template)
    except InvalidError as error:  # it compiled once; a custom field that it names is gone
        found = [Notice(each.code, each.message, each.field, True, "error") for each in error.fields]
    return TemplateOut.of(template, found, _language(call, workspace))


def _workspace(call: Call[Any]) -> Workspace:
    return get_workspace(table=call.runtime.table, workspace_id=call.workspace_id)


def _language(call: Call[Any], workspace: Workspace) -> str:
    return next((each for each in call.languages if each in ("es", "en")), workspace.language)


def _number(text: str) -> int:
    """A version's number; 0, which none has, for what is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 8 else 0
