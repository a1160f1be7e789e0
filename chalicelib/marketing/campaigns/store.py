"""Campaigns in the table."""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from chalicelib.foundation import clock
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.projection import MetricRecord, metric_key
from chalicelib.foundation.table import Create, Delete, Key, Operation, Put, Replace, Table
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.marketing.campaigns import packing
from chalicelib.marketing.campaigns.domain import (
    COUNTS,
    Baseline,
    Campaign,
    CampaignState,
    Delivery,
    Mark,
    Plan,
    planning_at,
)
from chalicelib.marketing.campaigns.records import (
    DUE,
    CampaignBodyRecord,
    CampaignRecord,
    body_key,
    campaign_key,
    list_partition,
)
from chalicelib.marketing.templates.domain import Body, CustomField, Notice
from chalicelib.workspaces.audit.service import deletion

TENDED_EVERY = timedelta(minutes=1)
_BARE = Notice("", "")


def read(table: Table, workspace_id: str, campaign_id: str, *, consistent: bool = False) -> Campaign | None:
    """The campaign, or None."""
    record = table.get(CampaignRecord, campaign_key(workspace_id, campaign_id), consistent=consistent)
    return to_domain(record) if record is not None else None


def read_body(table: Table, workspace_id: str, campaign_id: str, name: str = "") -> Body | None:
    """The compiled body of one of its texts, or None."""
    record = table.get(CampaignBodyRecord, body_key(workspace_id, campaign_id, name), consistent=True)
    return _unpacked(record.packed) if record is not None else None


def read_bodies(table: Table, workspace_id: str, campaign_id: str, names: Iterable[str]) -> dict[str, Body]:
    """The compiled bodies of these texts, those that exist."""
    keys = {body_key(workspace_id, campaign_id, name): name for name in names}
    found = table.get_many(CampaignBodyRecord, keys, consistent=True)
    return {keys[key]: _unpacked(record.packed) for key, record in found.items()}


def create(table: Table, campaign: Campaign, bodies: Mapping[str, Body]) -> None:
    """Write a new campaign with the bodies of its texts; `ConflictError` when its id is taken."""
    try:
        table.transact([Create(to_record(campaign)), *created_bodies(campaign, bodies)])
    except TransactionConflictError as conflict:
        raise ConflictError(current=read(table, campaign.workspace_id, campaign.id, consistent=True)) from conflict


def created_bodies(campaign: Campaign, bodies: Mapping[str, Body]) -> list[Operation]:
    """The operations that write the bodies of a new campaign."""
    return [Create(_body_record(campaign, name, body)) for name, body in bodies.items()]


def replace(
    table: Table, campaign: Campaign, bodies: Mapping[str, Body] | None = None, *, gone: Iterable[str] = ()
) -> Campaign:
    """Write the campaign over the version it was read at, with the bodies that are given and without those of the texts that
    are ``gone``; returns it at its new version. `ConflictError` carries the present `Campaign`.
    """
    operations: list[Operation] = [Replace(to_record(campaign))]
    operations += [Put(_body_record(campaign, name, body)) for name, body in (bodies or {}).items()]
    operations += [Delete(body_key(campaign.workspace_id, campaign.id, name)) for name in gone]
    try:
        if len(operations) == 1:
            table.write(operations[0])
        else:
            table.transact(operations)
    except ConflictError as conflict:
        raise ConflictError(current=read(table, campaign.workspace_id, campaign.id, consistent=True)) from conflict
    return _at(campaign, campaign.version + 1)


def occur(table: Table, parent: Campaign, copy: Campaign, bodies: Mapping[str, Body]) -> None:
    """Write a recurring campaign, over the version it was read at, and the campaign that it has made; both or none. `ConflictError`
    when somebody was faster.
    """
    try:
        table.transact([Replace(to_record(parent)), Create(to_record(copy)), *created_bodies(copy, bodies)])
    except TransactionConflictError as conflict:
        raise ConflictError(current=read(table, parent.workspace_id, parent.id, consistent=True)) from conflict


def delete(table: Table, campaign: Campaign, *, now: datetime, actor: str) -> None:
    """Delete a campaign that was never sent, at this version, with a note of it in the audit."""
    record = to_record(campaign)
    note = deletion(
        workspace_id=campaign.workspace_id,
        at=now,
        actor=actor,
        action="campaign.deleted",
        subject_id=campaign.id,
        before={"name": campaign.name, "subject": campaign.subject},
    )
    try:
        table.transact(
            [
                Delete(record.key, CampaignRecord.version == campaign.version),
                *(Delete(body_key(campaign.workspace_id, campaign.id, name)) for name in campaign.wordings),
                note,
            ]
        )
    except TransactionConflictError as conflict:
        raise ConflictError(current=read(table, campaign.workspace_id, campaign.id, consistent=True)) from conflict


def page(
    table: Table, workspace_id: str, *, limit: int, start: list[str] | None
) -> tuple[list[Campaign], list[str] | None]:
    """The newest campaigns, and the position to go on from."""
    found = table.query(
        CampaignRecord,
        list_partition(workspace_id),
        index="gsi1",
        newest_first=True,
        limit=limit,
        start=_start(workspace_id, start),
    )
    following = [found.next["pk"]["S"].rsplit("#", 1)[1], found.next["gsi1sk"]["S"]] if found.next else None
    return [to_domain(record) for record in found.items], following


def due(table: Table, now: datetime, *, limit: int) -> list[Campaign]:
    """Campaigns that the tick has to look after by now, the longest overdue first."""
    found = table.query(CampaignRecord, DUE, index="due", before=clock.to_text(now) + "~", limit=limit)
    return [to_domain(record) for record in found.items]


def still_planning(table: Table, campaign: Campaign) -> dict[str, Any]:
    """The condition check that the campaign is being planned and nobody has planned further than it says."""
    return {
        "TableName": table.name,
        "Key": campaign_key(campaign.workspace_id, campaign.id).image(),
        "ConditionExpression": "#s = :planning AND plan_segment = :segment AND "
        + ("plan_position = :position" if campaign.plan.position else "attribute_not_exists(plan_position)"),
        "ExpressionAttributeNames": {"#s": "state"},
        "ExpressionAttributeValues": {
            ":planning": {"S": CampaignState.PLANNING.value},
            ":segment": {"N": str(campaign.plan.segment)},
            **({":position": {"S": campaign.plan.position}} if campaign.plan.position else {}),
        },
    }


def counts(table: Table, workspace_id: str, campaign_id: str, group: str = "") -> dict[str, int]:
    """How many recipients are in each state, and how many events of each kind there were, as far as they are projected; of one
    ``group`` of a test (`variant_group`) if it is named.
    """
    metric = f"campaign.{campaign_id}.{group}" if group else f"campaign.{campaign_id}"
    pk = metric_key(workspace_id, metric, "all", "-").pk
    found = dict.fromkeys(COUNTS, 0)
    for record in table.query_all(MetricRecord, pk):
        if record.dimension in found:
            found[record.dimension] = int(record.value)
    return found


def to_record(campaign: Campaign) -> CampaignRecord:
    """The row of a campaign."""
    key = campaign_key(campaign.workspace_id, campaign.id)
    due_at = _due_at(campaign)
    return CampaignRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=campaign.workspace_id,
        version=campaign.version,
        created_at=campaign.created_at,
        updated_at=campaign.updated_at,
        changed_by=campaign.changed_by or None,
        gsi1pk=list_partition(campaign.workspace_id),
        gsi1sk=f"{clock.to_text(campaign.created_at)}#{campaign.id}",
        duepk=DUE if due_at else None,
        duesk=f"{clock.to_text(due_at)}#{campaign.id}" if due_at else None,
        campaign_id=campaign.id,
        name=campaign.name,
        subject=campaign.subject,
        preheader=campaign.preheader or None,
        from_name=campaign.from_name or None,
        from_email=campaign.from_email or None,
        reply_to=campaign.reply_to or None,
        body_format=campaign.body_format,
        template_id=campaign.template_id or None,
        segment_ids=list(campaign.segment_ids),
        exclude_segment_ids=list(campaign.exclude_segment_ids) or None,
        language=campaign.language,
        translations=packing.pack_wordings(campaign.translations),
        delivery=packing.packed(campaign.delivery) if campaign.delivery != Delivery() else None,
        ab_test=packing.packed(campaign.ab_test),
        ab=packing.packed(campaign.ab),
        recurrence=packing.packed(campaign.recurrence),
        occurrences=packing.packed(campaign.occurrences),
        goal=packing.packed(campaign.goal),
        topic=campaign.topic or None,
        resend_of=campaign.resend_of or None,
        occurrence_of=campaign.occurrence_of or None,
        state=campaign.state.value,
        audience=campaign.audience,
        shards=campaign.shards,
        plan_segment=campaign.plan.segment,
        plan_position=campaign.plan.position or None,
        plan_done=int(campaign.plan.done),
        scheduled_at=campaign.scheduled_at,
        time_zone=campaign.time_zone or None,
        started_at=campaign.started_at,
        finished_at=campaign.finished_at,
        stop_reason=campaign.stop_reason or None,
        settled=campaign.settled or None,
        baseline=asdict(campaign.baseline) if campaign.baseline != Baseline() else None,
        marks=[[clock.to_text(mark.at), mark.ended] for mark in campaign.marks] or None,
        warnings=[_notice(notice) for notice in campaign.warnings] or None,
    )


def to_domain(record: CampaignRecord) -> Campaign:
    """The campaign in a row."""
    return Campaign(
        workspace_id=record.workspace_id,
        id=record.campaign_id,
        name=record.name,
        subject=record.subject,
        created_at=record.created_at,
        updated_at=record.updated_at or record.created_at,
        preheader=record.preheader or "",
        from_name=record.from_name or "",
        from_email=record.from_email or "",
        reply_to=record.reply_to or "",
        body_format=record.body_format,  # type: ignore[arg-type]
        template_id=record.template_id or "",
        segment_ids=tuple(record.segment_ids),
        exclude_segment_ids=tuple(record.exclude_segment_ids or ()),
        language=record.language,
        translations=packing.wordings(record.translations),
        delivery=packing.delivery(record.delivery),
        ab_test=packing.ab_test(record.ab_test),
        ab=packing.ab(record.ab),
        recurrence=packing.recurrence(record.recurrence),
        occurrences=packing.occurrences(record.occurrences),
        goal=packing.goal(record.goal),
        topic=record.topic or "",
        resend_of=record.resend_of or "",
        occurrence_of=record.occurrence_of or "",
        state=CampaignState(record.state),
        audience=None if record.audience is None else int(record.audience),
        shards=int(record.shards),
        plan=Plan(int(record.plan_segment), record.plan_position or "", bool(record.plan_done)),
        scheduled_at=record.scheduled_at,
        time_zone=record.time_zone or "",
        started_at=record.started_at,
        finished_at=record.finished_at,
        stop_reason=record.stop_reason or "",
        settled=bool(record.settled),
        baseline=Baseline(**(record.baseline or {})),
        marks=tuple(Mark(clock.from_text(at), ended) for at, ended in record.marks or ()),
        warnings=tuple(Notice(**notice) for notice in record.warnings or []),
        changed_by=record.changed_by or "",
        version=int(record.version),
    )


def _due_at(campaign: Campaign) -> datetime | None:
    """When the tick has to look: at the chosen time (in case the schedule did not), and each minute while there is work."""
    match campaign.state:
        case CampaignState.SCHEDULED:
            return planning_at(campaign)
        case CampaignState.RECURRING:
            return campaign.occurrences.next_at if campaign.occurrences is not None else None
        case CampaignState.PLANNING | CampaignState.SENDING:
            return campaign.updated_at + TENDED_EVERY
        case CampaignState.CANCELLED if campaign.started_at is not None and not campaign.settled:
            return campaign.updated_at + TENDED_EVERY
    return None


def _notice(notice: Notice) -> dict[str, Any]:
    """What a notice has of its own; rows are read and written often."""
    return {name: value for name, value in asdict(notice).items() if value != getattr(_BARE, name)}


def _at(campaign: Campaign, version: int) -> Campaign:
    from dataclasses import replace as changed

    return changed(campaign, version=version)


def _start(workspace_id: str, position: list[str] | None) -> dict[str, Any] | None:
    if position is None:
        return None
    key = campaign_key(workspace_id, position[0])
    return {**key.image(), "gsi1pk": {"S": list_partition(workspace_id)}, "gsi1sk": {"S": position[1]}}


def _body_record(campaign: Campaign, name: str, body: Body) -> CampaignBodyRecord:
    key: Key = body_key(campaign.workspace_id, campaign.id, name)
    text = json.dumps(asdict(body), ensure_ascii=False, separators=(",", ":"))
    return CampaignBodyRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=campaign.workspace_id,
        created_at=campaign.updated_at,
        changed_by=campaign.changed_by or None,
        packed=b64encode(zlib.compress(text.encode(), 6)).decode(),
    )


def _unpacked(packed: str) -> Body:
    raw: Mapping[str, Any] = json.loads(zlib.decompress(b64decode(packed)))
    return Body(
        format=raw["format"],
        source=raw["source"],
        html=raw["html"],
        text=raw["text"],
        links=tuple(raw["links"]),
        warnings=tuple(Notice(**notice) for notice in raw["warnings"]),
        language=raw.get("language", "es"),
        fields=tuple(CustomField(**each) for each in raw.get("fields", ())),
        used=None if raw.get("used") is None else tuple(raw["used"]),
    )
