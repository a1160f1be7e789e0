"""Forms and their submissions in the table."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.projection import MetricRecord, metric_key
from chalicelib.foundation.table import Create, Delete, Put, Replace, Table, Update
from chalicelib.marketing.forms.domain import (
    QUARANTINE,
    ConsentQuestion,
    Counts,
    Field,
    FieldType,
    Form,
    FormState,
    Option,
    Page,
    Submission,
    SubmissionState,
)
from chalicelib.marketing.forms.records import (
    AcceptedRecord,
    FormRecord,
    QuarantinedRecord,
    SubmissionRecord,
    ThrottleRecord,
    form_partition,
    form_record_key,
    forms_partition,
    public_partition,
    quarantine_partition,
    submission_key,
    throttle_key,
)

_THROTTLE_KEPT = 600  # seconds


def read(table: Table, workspace_id: str, form_key: str, *, consistent: bool = False) -> Form | None:
    """The form, or None."""
    record = table.get(FormRecord, form_record_key(workspace_id, form_key), consistent=consistent)
    return None if record is None else to_form(record)


def find(table: Table, form_key: str) -> Form | None:
    """The form with this public key, in whatever workspace it is, or None."""
    page = table.query(FormRecord, public_partition(form_key), index="gsi1", limit=1)
    return to_form(page.items[0]) if page.items else None


def recent(table: Table, workspace_id: str, *, before: str, limit: int) -> list[Form]:
    """The newest forms, made before the one with this key if it is given."""
    page = table.query(
        FormRecord, forms_partition(workspace_id), index="gsi2", before=before, newest_first=True, limit=limit
    )
    return [to_form(record) for record in page.items]


def create(table: Table, form: Form) -> None:
    """Write a new form; `ConflictError` with the present `Form` when the key is taken."""
    _write(table, Create(to_record(form)))


def replace(table: Table, form: Form) -> None:
    """Write a form over the version it was read at; `ConflictError` with the present `Form`."""
    _write(table, Replace(to_record(form)))


def _write(table: Table, operation: Create | Replace) -> None:
    try:
        table.write(operation)
    except ConflictError as conflict:
        present = conflict.current
        raise ConflictError(current=to_form(present) if isinstance(present, FormRecord) else None) from conflict


def delete(table: Table, workspace_id: str, form_key: str) -> None:
    """Delete a form; its submissions stay."""
    table.write(Delete(form_record_key(workspace_id, form_key)))


def counts(table: Table, workspace_id: str, form_keys: Iterable[str]) -> dict[str, Counts]:
    """How many posts each form has had, as the projector has counted."""
    keys = {
        metric_key(workspace_id, metric_name(key), "all", state.value): (key, state)
        for key in form_keys
        for state in SubmissionState
    }
    found = table.get_many(MetricRecord, keys) if keys else {}
    values = {keys[place]: int(record.value) for place, record in found.items()}
    return {
        key: Counts(values.get((key, SubmissionState.ACCEPTED), 0), values.get((key, SubmissionState.QUARANTINED), 0))
        for key, _ in keys.values()
    }


def metric_name(form_key: str) -> str:
    """Where a form's own counts stand among the metrics."""
    return f"form.{form_key}"


def take_turn(table: Table, form: Form, now: datetime) -> bool:
    """Count one post of this minute; False when the minute was full already. One write unit, either way."""
    actions = [
        ThrottleRecord.posts.add(1),
        ThrottleRecord.kind.set(ThrottleRecord),
        ThrottleRecord.workspace_id.set(form.workspace_id),
        ThrottleRecord.created_at.set(now),
        ThrottleRecord.expires_at.set(int(now.timestamp()) + _THROTTLE_KEPT),
    ]
    key = throttle_key(form.workspace_id, form.key, now.strftime("%Y%m%d%H%M"))
    counted = table.write(Update(key, actions, upsert=True, returns=True)) or {}
    return int(counted.get("posts", {}).get("N", 1)) <= form.throttle_per_minute


# Submissions


def accepted(submission: Submission) -> Create:
    """The operation that keeps an accepted post; it fails when the token was used."""
    return Create(submission_to_record(submission))


def quarantine(table: Table, submission: Submission) -> None:
    """Keep a suspicious post; `ConflictError` with the record that stands there when the token was used."""
    table.write(Create(submission_to_record(submission)))


def release(submission: Submission) -> Put:
    """The operation that turns a quarantined post, as it was read, into an accepted one."""
    record = submission_to_record(submission)
    record.version = submission.version + 1
    return Put(record, SubmissionRecord.version == submission.version)


def read_submission(
    table: Table, workspace_id: str, form_key: str, submission_id: str, *, consistent: bool = False
) -> Submission | None:
    """The submission, or None."""
    key = submission_key(workspace_id, form_key, submission_id)
    record = table.get(SubmissionRecord, key, consistent=consistent)
    return None if record is None else to_submission(record)


def submissions(
    table: Table, workspace_id: str, form_key: str, *, state: SubmissionState | None, before: str, limit: int
) -> list[Submission]:
    """The newest submissions in this state, made before the one with this id if it is given."""
    if state is SubmissionState.QUARANTINED:
        page: Any = table.query(
            QuarantinedRecord,
            quarantine_partition(workspace_id, form_key),
            index="gsi1",
            before=before,
            newest_first=True,
            limit=limit,
        )
    else:
        kind: Any = AcceptedRecord if state is SubmissionState.ACCEPTED else SubmissionRecord
        page = table.query(
            kind,
            form_partition(workspace_id, form_key),
            between=("SUB#", f"SUB#{_just_before(before)}" if before else "SUB#~"),
            newest_first=True,
            limit=limit,
        )
    return [to_submission(record) for record in page.items]


def _just_before(identifier: str) -> str:
    """A text that sorts after every id before this one and before the id itself."""
    return identifier[:-1] + chr(ord(identifier[-1]) - 1) + "~"


# Record ↔ domain


def to_record(form: Form) -> FormRecord:
    """The item of a form."""
    key = form_record_key(form.workspace_id, form.key)
    return FormRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=form.workspace_id,
        version=form.version,
        created_at=form.created_at,
        updated_at=form.updated_at,
        gsi1pk=public_partition(form.key),
        gsi1sk="FORM",
        gsi2pk=forms_partition(form.workspace_id),
        gsi2sk=form.key,
        name=form.name,
        state=form.state.value,
        language=form.language,
        fields=[_field_to_json(field) for field in form.fields],
        consents=[_consent_to_json(consent) for consent in form.consents] or None,
        title=dict(form.title) or None,
        submit_label=dict(form.submit_label) or None,
        thank_you=dict(form.thank_you) if form.thank_you else None,
        redirect_url=form.redirect_url or None,
        source=form.source or None,
        tags=list(form.tags) or None,
        throttle_per_minute=form.throttle_per_minute,
        double_opt_in=1 if form.double_opt_in else None,
        changed_by=form.changed_by or None,
    )


def to_form(record: FormRecord) -> Form:
    """The form in an item."""
    return Form(
        workspace_id=record.workspace_id,
        key=record.form_key,
        name=record.name,
        fields=tuple(_field_from_json(raw) for raw in record.fields),
        created_at=record.created_at,
        updated_at=record.updated_at or record.created_at,
        language=record.language,
        consents=tuple(ConsentQuestion(**raw) for raw in record.consents or ()),
        title=record.title or {},
        submit_label=record.submit_label or {},
        thank_you=record.thank_you,
        redirect_url=record.redirect_url or "",
        source=record.source or "",
        tags=tuple(record.tags or ()),
        throttle_per_minute=int(record.throttle_per_minute),
        state=FormState(record.state),
        double_opt_in=bool(record.double_opt_in),
        version=int(record.version),
    )


def _field_to_json(field: Field) -> dict[str, Any]:
    raw: dict[str, Any] = {"name": field.name, "type": field.type.value, "label": dict(field.label)}
    if field.required:
        raw["required"] = True
    if field.max_length:
        raw["max_length"] = field.max_length
    if field.options:
        raw["options"] = [{"value": option.value, "label": dict(option.label)} for option in field.options]
    return raw


def _field_from_json(raw: dict[str, Any]) -> Field:
    options = tuple(Option(option["value"], option["label"]) for option in raw.get("options", ()))
    return Field(
        raw["name"],
        FieldType(raw["type"]),
        raw["label"],
        raw.get("required", False),
        options,
        raw.get("max_length", 0),
    )


def _consent_to_json(consent: ConsentQuestion) -> dict[str, Any]:
    return {
        "id": consent.id,
        "purpose": consent.purpose,
        "text": dict(consent.text),
        "required": consent.required,
        "version": consent.version,
    }


def submission_to_record(submission: Submission) -> SubmissionRecord:
    """The item of a submission."""
    key = submission_key(submission.workspace_id, submission.form_key, submission.id)
    page = {"url": submission.page.url, "referrer": submission.page.referrer, "utm": dict(submission.page.utm)}
    common: dict[str, Any] = {
        "pk": key.pk,
        "sk": key.sk,
        "workspace_id": submission.workspace_id,
        "version": submission.version,
        "created_at": submission.at,
        "values": dict(submission.values),
        "consents": [list(each) for each in submission.consents] or None,
        "language": submission.language,
        "page": {name: value for name, value in page.items() if value} or None,
        "digest": submission.digest,
        "released_at": submission.released_at,
        "released_by": submission.released_by or None,
    }
    if submission.state is SubmissionState.ACCEPTED:
        return AcceptedRecord(**common, contact_id=submission.contact_id, lead_id=submission.lead_id)
    return QuarantinedRecord(
        **common,
        reason=submission.reason,
        source_ip=submission.source_ip or None,
        gsi1pk=quarantine_partition(submission.workspace_id, submission.form_key),
        gsi1sk=submission.id,
        expires_at=int((submission.at + QUARANTINE).timestamp()),
    )


def to_submission(record: SubmissionRecord) -> Submission:
    """The submission in an item."""
    page = record.page or {}
    return Submission(
        workspace_id=record.workspace_id,
        form_key=record.form_key,
        id=record.submission_id,
        state=SubmissionState.ACCEPTED if isinstance(record, AcceptedRecord) else SubmissionState.QUARANTINED,
        at=record.created_at,
        values=record.values,
        consents=tuple((id_, int(version)) for id_, version in record.consents or ()),
        language=record.language,
        page=Page(page.get("url", ""), page.get("referrer", ""), page.get("utm", {})),
        digest=record.digest,
        contact_id=getattr(record, "contact_id", None) or "",
        lead_id=getattr(record, "lead_id", None) or "",
        reason=getattr(record, "reason", None) or "",
        source_ip=getattr(record, "source_ip", None) or "",
        released_at=record.released_at,
        released_by=record.released_by or "",
        version=int(record.version),
    )
