"""Making and reading deals."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from chalicelib.customers.companies import service as companies
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import shard_of
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.table import Record, Table
from chalicelib.sales.deals import store
from chalicelib.sales.deals.domain import Deal, DealStatus
from chalicelib.sales.deals.records import DealRecord
from chalicelib.sales.pipelines import service as pipelines
from chalicelib.sales.pipelines.domain import Pipeline
from chalicelib.workspaces.settings.domain import Workspace


def get_deal(*, table: Table, workspace_id: str, deal_id: str) -> Deal:
    """The deal; `NotFoundError` when there is none."""
    found = store.read(table, workspace_id, deal_id, consistent=True) if is_id(deal_id) else None
    if found is None:
        raise NotFoundError("There is no such deal.")
    return found


def list_deals(
    *, table: Table, workspace: Workspace, pipeline_id: str, after: str = "", limit: int = 50
) -> list[tuple[str, Deal]]:
    """A pipeline's deals by stage and rank, each with the position after which the next page starts."""
    shards = workspace.shards_of("deals")
    return store.board(table, workspace.id, pipeline_id, shards=shards, after=after, limit=limit)


def create_deal(
    *,
    table: Table,
    clock: Clock,
    workspace: Workspace,
    deal_id: str,
    values: Mapping[str, Any],
    changed_by: str = "",
) -> Deal:
    """Make a deal of ``title``, ``amount`` (Decimal) in ``currency`` (the workspace's if not given), ``pipeline_id`` (the
    first if not given) and ``stage_id`` (its first if not given), ``contact_id``, ``company_id`` (the contact's if not
    given), ``owner_id``, ``expected_close`` and ``status``. `InvalidError` names what is wrong or not there; made again with
    the same id it is the one that is there.
    """
    now = clock.now()
    pipeline = _pipeline(table, clock, workspace, str(values.get("pipeline_id") or ""))
    contact_id, company_id = str(values.get("contact_id") or ""), str(values.get("company_id") or "")
    if contact_id:
        company_id = _check_contact(table, workspace.id, contact_id, company_id)
    if company_id:
        _check_company(table, workspace.id, company_id)
    if values.get("owner_id"):
        contacts.check_owner(table, workspace.id, values["owner_id"])
    close = values.get("expected_close")
    deal = Deal(
        workspace_id=workspace.id,
        id=deal_id,
        pipeline_id=pipeline.id,
        stage_id=pipeline.stage(str(values.get("stage_id") or pipeline.stages[0].id)).id,
        title=str(values["title"]),
        created_at=now,
        updated_at=now,
        shard=shard_of(deal_id, workspace.shards_of("deals")),
        amount=Decimal(values.get("amount") or 0),
        currency=str(values.get("currency") or workspace.currency),
        contact_id=contact_id,
        company_id=company_id,
        owner_id=str(values.get("owner_id") or ""),
        expected_close=date.fromisoformat(close) if isinstance(close, str) else close,
        status=DealStatus(values.get("status") or DealStatus.OPEN),
        changed_by=changed_by,
    )
    try:
        table.create(store.to_record(deal))
    except ConflictError as conflict:
        if not isinstance(conflict.current, DealRecord):
            raise
        return store.to_domain(conflict.current)
    return deal


def move_deal(
    *, table: Table, clock: Clock, workspace_id: str, deal_id: str, stage_id: str, version: int, changed_by: str = ""
) -> Deal:
    """Put the deal, as it was at ``version``, into another stage of its pipeline; `ConflictError` with the present `Deal`
    when it has moved on.
    """
    present = get_deal(table=table, workspace_id=workspace_id, deal_id=deal_id)
    if present.version != version:
        raise ConflictError(current=present)
    pipeline = pipelines.get_pipeline(table=table, workspace_id=workspace_id, pipeline_id=present.pipeline_id)
    stage = pipeline.stage(stage_id)
    moved = replace(present, stage_id=stage.id, updated_at=clock.now(), changed_by=changed_by)
    try:
        table.replace(store.to_record(moved))
    except ConflictError as conflict:
        current = conflict.current
        shown = store.to_domain(current) if isinstance(current, DealRecord) else None
        raise ConflictError(current=shown) from conflict
    return replace(moved, version=version + 1)


def deal_of(record: Record) -> Deal:
    """The deal in a changed item, for projections."""
    assert isinstance(record, DealRecord)
    return store.to_domain(record)


def _pipeline(table: Table, clock: Clock, workspace: Workspace, pipeline_id: str) -> Pipeline:
    if not pipeline_id:
        return pipelines.list_pipelines(table=table, clock=clock, workspace=workspace)[0]
    try:
        return pipelines.get_pipeline(table=table, workspace_id=workspace.id, pipeline_id=pipeline_id)
    except NotFoundError as error:
        raise InvalidError("There is no such pipeline.", field="pipeline_id", code="unknown") from error


def _check_contact(table: Table, workspace_id: str, contact_id: str, company_id: str) -> str:
    try:
        contact = contacts.get_contact(table=table, workspace_id=workspace_id, contact_id=contact_id)
    except NotFoundError as error:
        raise InvalidError("There is no such contact.", field="contact_id", code="unknown") from error
    return company_id or contact.company_id


def _check_company(table: Table, workspace_id: str, company_id: str) -> None:
    try:
        companies.get_company(table=table, workspace_id=workspace_id, company_id=company_id)
    except NotFoundError as error:
        raise InvalidError("There is no such company.", field="company_id", code="unknown") from error
