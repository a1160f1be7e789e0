"""Templates with their versions, and the brand kit, in the table."""

import contextlib
import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import replace as changed
from datetime import datetime, timedelta
from typing import Any

from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.table import Create, Delete, Operation, Put, Record, Replace, Table, Update
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.marketing.templates.brand import Brand
from chalicelib.marketing.templates.domain import VERSIONS_KEPT, Template, Version, Wording
from chalicelib.marketing.templates.records import (
    BrandRecord,
    TemplateRecord,
    TemplateVersionRecord,
    brand_key,
    template_key,
    template_partition,
    templates_partition,
    version_key,
)
from chalicelib.workspaces.audit.service import audit_entry, deletion

BIN = timedelta(days=30)
"""How long a deleted template can be brought back."""
_AT_ONCE = 98  # a transaction has at most 100 actions; one is of the template, one is the audit's


def read(table: Table, workspace_id: str, template_id: str) -> Template | None:
    """The template with what it says, or None."""
    record = table.get(TemplateRecord, template_key(workspace_id, template_id), consistent=True)
    if record is None or record.deleted_at is not None:
        return None
    said = table.get(
        TemplateVersionRecord, version_key(workspace_id, template_id, int(record.version)), consistent=True
    )
    return None if said is None else changed(to_domain(record), wordings=_wordings(said.packed))


def recent(table: Table, workspace_id: str, *, before: str, limit: int) -> list[Template]:
    """The newest templates, made before the one with this id if it is given, without what they say."""
    page = table.query(
        TemplateRecord, templates_partition(workspace_id), index="gsi1", before=before, newest_first=True, limit=limit
    )
    return [to_domain(record) for record in page.items]


def create(table: Table, template: Template) -> None:
    """Write a new template with its first version; `ConflictError` with the present one when its id is taken."""
    _transact(table, template, [Create(to_record(template)), Create(_version_record(template, template.version))])


def replace(table: Table, template: Template) -> Template:
    """Write a template over the version it was read at, as a new version; the oldest of too many versions goes. Returns it at its
    new version. `ConflictError` carries the present `Template`.
    """
    number = template.version + 1
    unmoved = (TemplateRecord.version == template.version) & TemplateRecord.deleted_at.does_not_exist()
    operations: list[Operation] = [
        Put(to_record(changed(template, version=number)), unmoved),
        Put(_version_record(template, number)),
    ]
    if number > VERSIONS_KEPT:
        operations.append(Delete(version_key(template.workspace_id, template.id, number - VERSIONS_KEPT)))
    _transact(table, template, operations)
    return changed(template, version=number)


def delete(table: Table, template: Template, *, now: datetime, actor: str) -> None:
    """Put a template and its versions away, at this version, with a note of it in the audit: they expire after `BIN`."""
    note = deletion(
        workspace_id=template.workspace_id,
        at=now,
        actor=actor,
        action="template.deleted",
        subject_id=template.id,
        before={"name": template.name, "subject": template.subject},
    )
    key = template_key(template.workspace_id, template.id)
    partition = template_partition(template.workspace_id, template.id)
    ends = int((now + BIN).timestamp())
    away = [
        TemplateRecord.deleted_at.set(now),
        TemplateRecord.expires_at.set(ends),
        TemplateRecord.gsi1pk.remove(),
        TemplateRecord.gsi1sk.remove(),
    ]
    there = (TemplateRecord.version == template.version) & TemplateRecord.deleted_at.does_not_exist()
    operations: list[Operation] = [Update(key, away, there, upsert=True), note]  # no new version: it says what it said
    for each in list(table.keys(partition, begins_with="V#"))[:_AT_ONCE]:
        operations.append(Update(each, [Record.expires_at.set(ends)], Record.pk.exists(), upsert=True))
    _transact(table, template, operations)


def restore(table: Table, workspace_id: str, template_id: str, *, now: datetime, actor: str) -> Template | None:
    """Bring back a template that was deleted, with its versions and a note of it in the audit; None when there is none (any more). One
    that is not deleted is as it is.
    """
    key = template_key(workspace_id, template_id)
    record = table.get(TemplateRecord, key, consistent=True)
    if record is None or record.expired(now):
        return None
    if record.deleted_at is None:
        return read(table, workspace_id, template_id)
    back = [
        TemplateRecord.deleted_at.remove(),
        TemplateRecord.expires_at.remove(),
        TemplateRecord.gsi1pk.set(templates_partition(workspace_id)),
        TemplateRecord.gsi1sk.set(template_id),
    ]
    note = audit_entry(
        workspace_id=workspace_id,
        id=derived_id(now, "template.restored", template_id),
        at=now,
        actor=actor,
        action="template.restored",
        subject_id=template_id,
    )
    operations: list[Operation] = [Update(key, back, TemplateRecord.deleted_at.exists(), upsert=True), Put(note)]
    for each in list(table.keys(template_partition(workspace_id, template_id), begins_with="V#"))[:_AT_ONCE]:
        operations.append(Update(each, [Record.expires_at.remove()], Record.pk.exists(), upsert=True))
    with contextlib.suppress(TransactionConflictError):  # somebody else brings it back
        table.transact(operations)
    return read(table, workspace_id, template_id)


def versions(table: Table, workspace_id: str, template_id: str, *, before: str, limit: int) -> list[Version]:
    """The newest versions, older than the one with this number if it is given."""
    page = table.query(
        TemplateVersionRecord,
        template_partition(workspace_id, template_id),
        begins_with="V#" if not before else "",
        before=f"V#{int(before):08}" if before else "",
        newest_first=True,
        limit=limit,
    )
    return [
        Version(
            number=record.number,
            name=record.name,
            subject=record.subject or "",
            format=record.body_format,  # type: ignore[arg-type]
            size=int(record.size),
            changed_at=record.updated_at or record.created_at,
            changed_by=record.changed_by or "",
        )
        for record in page.items
        if isinstance(record, TemplateVersionRecord)
    ]


def read_version(table: Table, workspace_id: str, template_id: str, number: int) -> Template | None:
    """The template as it was at a version, or None."""
    record = table.get(TemplateVersionRecord, version_key(workspace_id, template_id, number), consistent=True)
    if record is None or record.expires_at is not None:
        return None
    raw = _unpacked(record.packed)
    wordings = _wordings(record.packed)
    return Template(
        workspace_id=workspace_id,
        id=template_id,
        name=record.name,
        language=raw["language"],
        created_at=record.created_at,
        updated_at=record.updated_at or record.created_at,
        wordings=wordings,
        languages=tuple(wordings),
        format=record.body_format,  # type: ignore[arg-type]
        subject=record.subject or "",
        size=int(record.size),
        changed_by=record.changed_by or "",
        version=number,
    )


def read_brand(table: Table, workspace_id: str, *, consistent: bool = False) -> Brand | None:
    """The brand kit, or None."""
    record = table.get(BrandRecord, brand_key(workspace_id), consistent=consistent)
    return None if record is None else _brand(record)


def write_brand(table: Table, workspace_id: str, brand: Brand, now: datetime) -> Brand:
    """Write a brand kit over the version it was read at (0: there was none); `ConflictError` carries the present `Brand`."""
    key = brand_key(workspace_id)
    kit = {name: value for name, value in asdict(brand).items() if name not in ("version", "updated_at", "changed_by")}
    record = BrandRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=workspace_id,
        created_at=now,
        updated_at=now,
        changed_by=brand.changed_by or None,
        version=max(brand.version, 1),
        kit=kit,
    )
    try:
        table.write(Replace(record) if brand.version else Create(record))
    except ConflictError as conflict:
        raise ConflictError(current=read_brand(table, workspace_id, consistent=True)) from conflict
    return changed(brand, version=brand.version + 1, updated_at=now)


def _brand(record: BrandRecord) -> Brand:
    kit: dict[str, Any] = dict(record.kit)
    kit["social"] = tuple((network, href) for network, href in kit.get("social", ()))
    return Brand(**kit, updated_at=record.updated_at, changed_by=record.changed_by or "", version=int(record.version))


def to_record(template: Template) -> TemplateRecord:
    """The row of a template."""
    key = template_key(template.workspace_id, template.id)
    return TemplateRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=template.workspace_id,
        created_at=template.created_at,
        updated_at=template.updated_at,
        changed_by=template.changed_by or None,
        version=template.version,
        gsi1pk=templates_partition(template.workspace_id),
        gsi1sk=template.id,
        name=template.name,
        subject=template.subject or None,
        language=template.language,
        body_format=template.format,
        languages=list(template.languages),
        size=template.size,
    )


def to_domain(record: TemplateRecord) -> Template:
    """The template in a row, without what it says."""
    return Template(
        workspace_id=record.workspace_id,
        id=record.template_id,
        name=record.name,
        language=record.language,
        created_at=record.created_at,
        updated_at=record.updated_at or record.created_at,
        languages=tuple(record.languages),
        format=record.body_format,  # type: ignore[arg-type]
        subject=record.subject or "",
        size=int(record.size),
        changed_by=record.changed_by or "",
        version=int(record.version),
    )


def _transact(table: Table, template: Template, operations: list[Operation]) -> None:
    try:
        table.transact(operations)
    except TransactionConflictError as conflict:
        raise ConflictError(current=read(table, template.workspace_id, template.id)) from conflict


def _version_record(template: Template, number: int) -> TemplateVersionRecord:
    key = version_key(template.workspace_id, template.id, number)
    said = {
        "language": template.language,
        "wordings": {language: asdict(each) for language, each in (template.wordings or {}).items()},
    }
    packed = zlib.compress(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode(), 6)
    return TemplateVersionRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=template.workspace_id,
        created_at=template.updated_at,
        changed_by=template.changed_by or None,
        name=template.name,
        subject=template.subject or None,
        body_format=template.format,
        size=template.size,
        packed=b64encode(packed).decode(),
    )


def _unpacked(packed: str) -> Mapping[str, Any]:
    raw: Mapping[str, Any] = json.loads(zlib.decompress(b64decode(packed)))
    return raw


def _wordings(packed: str) -> dict[str, Wording]:
    return {language: Wording(**each) for language, each in _unpacked(packed)["wordings"].items()}
