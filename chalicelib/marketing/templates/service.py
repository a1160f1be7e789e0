"""What can be done with templates and the brand kit, and compiled bodies for others."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.fields import service as fields
from chalicelib.customers.fields.domain import FieldType
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, FieldError, InvalidError, NotFoundError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.table import Table
from chalicelib.marketing.templates import body, checks, store
from chalicelib.marketing.templates.brand import Brand
from chalicelib.marketing.templates.data import names_in, samples
from chalicelib.marketing.templates.domain import (
    TEXTS_LIMIT,
    Body,
    CustomField,
    Format,
    Names,
    Notice,
    Preview,
    Template,
    Version,
    Wording,
)
from chalicelib.marketing.templates.people import somebody
from chalicelib.marketing.templates.values import contact_values, workspace_values
from chalicelib.workspaces.settings.domain import Workspace


def compile_body(
    *,
    table: Table,
    workspace_id: str,
    body_format: Format,
    source: str,
    subject: str = "",
    preheader: str = "",
    language: str = "es",
    names: Names = Names(),  # noqa: B008 - it cannot be changed
    mailing: bool = True,
) -> Body:
    """What a marketer wrote, compiled with the workspace's custom fields and, for blocks, its brand kit; `InvalidError` names what
    is not allowed in it. ``names`` and ``mailing`` as in `body.compile_whole`.
    """
    return body.compile_body(
        body_format=body_format,
        source=source,
        preheader=preheader,
        language=language,
        subject=subject,
        fields=custom_fields(table=table, workspace_id=workspace_id),
        names=names,
        mailing=mailing,
        brand=get_brand(table=table, workspace_id=workspace_id) if body_format == "blocks" else body.DEFAULTS,
    )


def custom_fields(*, table: Table, workspace_id: str) -> tuple[CustomField, ...]:
    """The custom fields of contacts that texts may name; relations are ids, which say nothing to a reader."""
    catalogue = fields.get_catalogue(table=table, workspace_id=workspace_id)
    return tuple(
        CustomField(each.key, each.id, each.type.value, {option.value: option.label for option in each.options})
        for each in catalogue.of("contact")
        if each.type is not FieldType.RELATION
    )


def custom_labels(*, table: Table, workspace_id: str) -> tuple[tuple[CustomField, ...], dict[str, str]]:
    """The custom fields that texts may name, and the names that people gave them, by key."""
    catalogue = fields.get_catalogue(table=table, workspace_id=workspace_id)
    names = {each.key: each.name for each in catalogue.of("contact")}
    return custom_fields(table=table, workspace_id=workspace_id), names


# Templates


def list_templates(*, table: Table, workspace_id: str, before: str = "", limit: int = 50) -> list[Template]:
    """The newest templates, newest first, without what they say."""
    return store.recent(table, workspace_id, before=before, limit=limit)


def get_template(*, table: Table, workspace_id: str, template_id: str) -> Template:
    """The template with what it says; `NotFoundError` when there is none."""
    found = store.read(table, workspace_id, template_id) if is_id(template_id) else None
    if found is None:
        raise NotFoundError("There is no such template.")
    return found


def create_template(
    *,
    table: Table,
    clock: Clock,
    workspace: Workspace,
    template_id: str,
    name: str,
    language: str,
    wordings: Mapping[str, Wording],
    changed_by: str,
) -> tuple[Template, list[Notice]]:
    """Make a template, and say what is worth knowing about it. `InvalidError` names what does not compile."""
    now = clock.now()
    template = Template(
        workspace_id=workspace.id,
        id=template_id,
        name=name,
        language=language,
        created_at=now,
        updated_at=now,
        wordings=wordings,
        changed_by=changed_by,
    )
    template, notices = checked(table=table, workspace=workspace, template=template)
    try:
        store.create(table, template)
    except ConflictError as conflict:
        if not isinstance(conflict.current, Template):
            raise
        template = conflict.current  # the same creation, repeated
    return template, notices


def change_template(
    *,
    table: Table,
    clock: Clock,
    workspace: Workspace,
    template_id: str,
    version: int,
    changes: Mapping[str, Any],
    changed_by: str,
) -> tuple[Template, list[Notice]]:
    """Change a template as it was at ``version``: ``name``, ``language``, fields of its own wording (``subject``, ``preheader``,
    ``format`` with ``source``) and ``translations``, those in all other languages. `ConflictError` carries the present one.
    """
    present = get_template(table=table, workspace_id=workspace.id, template_id=template_id)
    if present.version != version:
        raise ConflictError(current=present)
    language = changes.get("language", present.language)
    own = replace(
        present.own, **{each: changes[each] for each in ("subject", "preheader", "format", "source") if each in changes}
    )
    others = changes.get("translations")
    if others is None:
        others = {each: said for each, said in (present.wordings or {}).items() if each != present.language}
    changed = replace(
        present,
        name=changes.get("name", present.name),
        language=language,
        wordings=joined(language, own, others),
        updated_at=clock.now(),
        changed_by=changed_by,
    )
    changed, notices = checked(table=table, workspace=workspace, template=changed)
    return store.replace(table, changed), notices


def delete_template(*, table: Table, clock: Clock, workspace_id: str, template_id: str, changed_by: str) -> None:
    """Delete a template with its versions; for 30 days it can be restored. Campaigns made from it keep their text."""
    present = get_template(table=table, workspace_id=workspace_id, template_id=template_id)
    store.delete(table, present, now=clock.now(), actor=changed_by)


def restore_template(*, table: Table, clock: Clock, workspace_id: str, template_id: str, restored_by: str) -> Template:
    """Bring a deleted template back as it was, with all its versions. `NotFoundError` when there is none, or its 30 days are over."""
    now = clock.now()
    found = store.restore(table, workspace_id, template_id, now=now, actor=restored_by) if is_id(template_id) else None
    if found is None:
        raise NotFoundError("There is no such template.")
    return found


def list_versions(
    *, table: Table, workspace_id: str, template_id: str, before: str = "", limit: int = 50
) -> list[Version]:
    """What the template said before and says now, the newest first."""
    get_template(table=table, workspace_id=workspace_id, template_id=template_id)
    return store.versions(table, workspace_id, template_id, before=before, limit=limit)


def get_version(*, table: Table, workspace_id: str, template_id: str, number: int) -> Template:
    """The template as it was at a version."""
    found = store.read_version(table, workspace_id, template_id, number) if is_id(template_id) else None
    if found is None:
        raise NotFoundError("There is no such version.")
    return found


def restore_version(
    *,
    table: Table,
    clock: Clock,
    workspace: Workspace,
    template_id: str,
    number: int,
    version: int,
    changed_by: str,
) -> tuple[Template, list[Notice]]:
    """A new version that says what an old one said. `InvalidError` when that does not compile any more (a custom field is gone)."""
    present = get_template(table=table, workspace_id=workspace.id, template_id=template_id)
    if present.version != version:
        raise ConflictError(current=present)
    old = get_version(table=table, workspace_id=workspace.id, template_id=template_id, number=number)
    again = replace(
        present,
        name=old.name,
        language=old.language,
        wordings=old.wordings,
        updated_at=clock.now(),
        changed_by=changed_by,
    )
    again, notices = checked(table=table, workspace=workspace, template=again)
    return store.replace(table, again), notices


def checked(*, table: Table, workspace: Workspace, template: Template) -> tuple[Template, list[Notice]]:
    """The template with its size, compiled in every language, and what is worth knowing about it."""
    assert template.wordings is not None
    if sum(len(each.source.encode("utf-8", "replace")) for each in template.wordings.values()) > TEXTS_LIMIT:
        message = f"All languages together have at most {TEXTS_LIMIT} bytes."
        raise InvalidError(message, field="body.source", code="too_long")
    wrong: list[FieldError] = []
    found: list[Notice] = []
    size = 0
    for language, wording in template.wordings.items():
        place = "" if language == template.language else f"translations.{language}."
        try:
            looked = look(table=table, workspace=workspace, wording=wording, language=language)
        except InvalidError as error:
            wrong += [FieldError(_placed(place, each.field), each.message, each.code) for each in error.fields]
            continue
        found += [replace(each, field=_placed(place, each.field)) for each in looked.notices]
        size = max(size, looked.size)
    if wrong:
        raise InvalidError("The template cannot be used as it is.", fields=wrong)
    own = template.own
    languages = (template.language, *(each for each in template.wordings if each != template.language))
    return (
        replace(template, languages=languages, format=own.format, subject=own.subject, size=size),
        _once(found),
    )


def _once(found: list[Notice]) -> list[Notice]:
    seen: set[tuple[str, str, str]] = set()
    kept = []
    for each in found:
        key = (each.code, each.field, repr(sorted(each.params.items())))
        if key not in seen:
            seen.add(key)
            kept.append(each)
    return kept


def _placed(place: str, field: str) -> str:
    return field if field.startswith(("workspace.", "brand.")) else place + field


def joined(language: str, own: Wording, others: Mapping[str, Wording]) -> dict[str, Wording]:
    """What a template says by language, its own first; `InvalidError` when others have its own too."""
    if language in others:
        message = "This is the template's own language."
        raise InvalidError(message, field=f"translations.{language}", code="own_language")
    return {language: own, **others}


# Looking at what is being written


@dataclass(frozen=True, slots=True)
class Look:
    """A compiled wording and what is worth knowing about it. ``names`` are the data that it has besides: those of single mails."""

    body: Body
    notices: list[Notice]
    names: Names

    @property
    def size(self) -> int:
        """Bytes of its HTML when it is sent."""
        return self.body.size


def to_look_at(
    *,
    table: Table,
    workspace: Workspace,
    wording: Wording | None,
    template_id: str = "",
    language: str = "",
    contact_id: str = "",
) -> tuple[str, Wording]:
    """The language and the wording that are meant: those that are given, or a template's in that language, in the contact's, or in
    its own.
    """
    if wording is not None:
        return language or workspace.language, wording
    if not template_id:
        raise InvalidError("Either a body or a template is needed.", field="body", code="missing")
    template = get_template(table=table, workspace_id=workspace.id, template_id=template_id)
    if not language and contact_id:
        language = contacts.get_contact(table=table, workspace_id=workspace.id, contact_id=contact_id).language
    return template.wording_for(language)


def look(*, table: Table, workspace: Workspace, wording: Wording, language: str) -> Look:
    """Compile and check something that may not have been saved; `InvalidError` as when it is saved."""
    names = names_in(wording)
    compiled, seen = body.compile_whole(
        body_format=wording.format,
        source=wording.source,
        preheader=wording.preheader,
        language=language,
        subject=wording.subject,
        fields=custom_fields(table=table, workspace_id=workspace.id),
        names=names,
        brand=get_brand(table=table, workspace_id=workspace.id),
    )
    notices = checks.notices(
        compiled,
        seen,
        subject=wording.subject,
        preheader=wording.preheader,
        own_address=bool(workspace.postal_address),
    )
    return Look(compiled, notices, names)


def preview(
    *,
    table: Table,
    clock: Clock,
    workspace: Workspace,
    public_url: str,
    wording: Wording,
    language: str,
    contact_id: str = "",
) -> Preview:
    """The mail as a contact would see it, or somebody made up. Its links are not tracked; its unsubscribe page changes nothing."""
    from chalicelib.foundation.rendering import placeholders

    found = look(table=table, workspace=workspace, wording=wording, language=language)
    now = clock.now()
    contact = (
        contacts.get_contact(table=table, workspace_id=workspace.id, contact_id=contact_id)
        if contact_id
        else somebody(workspace.id, language, now)
    )
    known, compiled = found.body.vocabulary(found.names), found.body
    leave = f"{public_url}/u/preview"
    values: dict[str, Any] = {
        **workspace_values(workspace, now),
        **contact_values(contact, compiled.fields),
        **samples(found.names),
        "campaign__name": "",
        "campaign__subject": "",
        "unsubscribe_url": leave,
        "preferences_url": f"{leave}#preferences",
        "pixel_url": f"{public_url}/t/o/preview.gif",
        **{f"link_{number}": address for number, address in enumerate(compiled.links)},
    }

    def rendered(source: str, mode: Any, field: str) -> str:
        return placeholders(source, vocabulary=known, mode=mode, field=field).render(values)

    subject = " ".join(rendered(wording.subject, "text", "subject").split())
    values["campaign__subject"] = subject
    return Preview(
        subject=subject,
        preheader=" ".join(rendered(wording.preheader, "text", "preheader").split()),
        html=rendered(compiled.html, "html", "body.source"),
        text=rendered(compiled.text, "text", "body.source"),
        size=found.size,
        language=language,
        warnings=tuple(found.notices),
    )


# The brand kit


def get_brand(*, table: Table, workspace_id: str) -> Brand:
    """How the workspace's mails look; the defaults, at version 0, until somebody chooses."""
    return store.read_brand(table, workspace_id) or body.DEFAULTS


def put_brand(*, table: Table, clock: Clock, workspace_id: str, brand: Brand) -> Brand:
    """Replace the brand kit that stood at ``brand.version``; `ConflictError` carries the present one. `InvalidError` names what
    cannot stand in a mail: an address, or the footer's placeholders.
    """
    checker = body.Checker(fields=custom_fields(table=table, workspace_id=workspace_id))
    checker.check(brand.footer_text, field="footer_text", markup=True)
    return store.write_brand(table, workspace_id, brand, clock.now())
