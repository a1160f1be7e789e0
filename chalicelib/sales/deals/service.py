"""Making, reading and changing deals."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from chalicelib.customers.companies import service as companies
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import shard_of
from chalicelib.customers.fields import service as fields
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.foundation.ids import encode, is_id
from chalicelib.foundation.table import Operation, Record, Table
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.sales.deals import placing, ranks, store
from chalicelib.sales.deals.domain import BIN, Deal, DealStatus, StageChange, What, check_required, moved
from chalicelib.sales.deals.records import DealRecord, StageChangeRecord
from chalicelib.sales.pipelines import service as pipelines
from chalicelib.sales.pipelines.domain import Pipeline
from chalicelib.sales.products import service as products
from chalicelib.sales.totals import said, totals
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import get_workspace

REFERENCES = ("contact_id", "company_id", "owner_id")
_ATTEMPTS = 5
_SWEPT = 500
_PLAIN = ("title", "description", "currency", "expected_close")


def get_deal(*, table: Table, workspace_id: str, deal_id: str, consistent: bool = True, deleted: bool = False) -> Deal:
    """The deal; `NotFoundError` when there is none. With ``deleted`` one in the bin counts."""
    found = None
    if is_id(deal_id):
        found = store.read(table, workspace_id, deal_id, consistent=consistent, deleted=deleted)
    if found is None:
        raise NotFoundError("There is no such deal.")
    return found


def get_deals(*, table: Table, workspace_id: str, deal_ids: Iterable[str], consistent: bool = False) -> dict[str, Deal]:
    """Those of the deals that exist, by id."""
    return store.read_many(table, workspace_id, {each for each in deal_ids if is_id(each)}, consistent=consistent)


def create_deal(
    *,
    table: Table,
    clock: Clock,
    workspace: Workspace,
    deal_id: str,
    values: Mapping[str, Any],
    changed_by: str = "",
) -> Deal:
    """Make a deal of the values that `create_operations` knows; made again with the same id it is the one that is there."""
    deal, operations = create_operations(
        table=table, clock=clock, workspace=workspace, deal_id=deal_id, values=values, changed_by=changed_by
    )
    try:
        table.transact(operations)
    except TransactionConflictError as conflict:
        image = conflict.images[0] if 0 in conflict.failed else None
        if not image:
            raise
        return store.to_domain(DealRecord.from_image(image))
    return deal


def create_operations(
    *,
    table: Table,
    clock: Clock,
    workspace: Workspace,
    deal_id: str,
    values: Mapping[str, Any],
    changed_by: str = "",
    made_beside: Collection[str] = (),
    required: bool = True,
) -> tuple[Deal, list[Operation]]:
    """A deal and the operations that make it (its item first), for a transaction.

    ``values``: ``title``, ``amount`` (Decimal) in ``currency`` (the pipeline's or the workspace's if not given),
    ``pipeline_id`` (the first if not given) and ``stage_id`` (its first if not given), ``contact_id``, ``company_id`` (the
    contact's if not given), ``owner_id``, ``expected_close``, ``description``, ``lines``, ``custom`` (by key), ``lead_id``,
    ``status`` with ``closed_at``, ``won_reason`` and ``lost_reason``. ``made_beside`` names references (``company_id``) that
    the same transaction makes, so that they are not there yet. ``required`` is false where nobody is there to fill in the
    workspace's own required fields. `InvalidError` names what is wrong, not there or asked for by the stage.
    """
    now = clock.now()
    pipeline = _pipeline(table, clock, workspace, str(values.get("pipeline_id") or ""))
    stage = pipeline.stage(str(values.get("stage_id") or pipeline.stages[0].id))
    found = _references(table, workspace.id, values, made_beside)
    status = DealStatus(values.get("status") or DealStatus.OPEN)
    closed_at = (values.get("closed_at") or now) if status is not DealStatus.OPEN else None
    deal = Deal(
        workspace_id=workspace.id,
        id=deal_id,
        pipeline_id=pipeline.id,
        stage_id=stage.id,
        title=str(values["title"]),
        created_at=now,
        updated_at=now,
        shard=shard_of(deal_id, workspace.new_shards_of("deals")),
        amount=Decimal(values.get("amount") or 0),
        currency=str(values.get("currency") or pipeline.currency or workspace.currency),
        contact_id=found["contact_id"],
        company_id=found["company_id"],
        owner_id=found["owner_id"],
        expected_close=_day(values.get("expected_close")),
        status=status,
        changed_by=changed_by,
        description=str(values.get("description") or ""),
        custom=fields.cleaned(
            table=table, workspace_id=workspace.id, kind="deal", given=values.get("custom"), required=required
        ),
        rank=ranks.top(now, deal_id),
        won_reason=str(values.get("won_reason") or "") if status is DealStatus.WON else "",
        lost_reason=str(values.get("lost_reason") or "") if status is DealStatus.LOST else "",
        closed_at=closed_at,
        stage_entered_at=now,
        lead_id=str(values.get("lead_id") or ""),
    )
    if values.get("lines"):
        deal = _with_lines(table, deal, values["lines"], amount=deal.amount or None)
    if deal.open:
        _check_required(table, deal, pipeline)
    history = [_change("created", deal, deal)]
    if closed_at is not None:
        history.append(_change("won" if status is DealStatus.WON else "lost", deal, deal, at=closed_at))
    return deal, [store.creation(deal), *(store.row(each) for each in history)]


def change_deal(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    deal_id: str,
    version: int,
    changes: Mapping[str, Any],
    changed_by: str = "",
) -> Deal:
    """Change title, description, amount, currency, contact, company, owner, expected close, lines and custom of the deal as it
    was at ``version``; `ConflictError` with the present `Deal` when it has moved on. What the stage asks for stays filled in.
    """
    present = _at(table, workspace_id, deal_id, version)
    values = {name: changes[name] for name in _PLAIN if name in changes}
    values |= {name: values[name] or "" for name in ("title", "description", "currency") if name in values}
    for name in ("title", "currency"):
        if values.get(name) == "":
            raise InvalidError("This stays filled in.", field=name, code="missing")
    if "expected_close" in values:
        values["expected_close"] = _day(values["expected_close"])
    asked = {name: changes[name] for name in REFERENCES if name in changes and changes[name] != getattr(present, name)}
    found = _references(table, workspace_id, asked, ())
    taken: dict[str, Any] = {name: found[name] for name in asked}
    if taken.get("contact_id") and not present.company_id and "company_id" not in changes:
        taken["company_id"] = found["company_id"]
    changed = replace(present, **values, **taken)
    if "custom" in changes:
        custom = fields.cleaned(
            table=table, workspace_id=workspace_id, kind="deal", given=changes["custom"], present=present.custom
        )
        changed = replace(changed, custom=custom)
    changed = _priced(table, present, changed, changes)
    if changed == present:
        return present
    if changed.open:
        pipeline = pipelines.get_pipeline(table=table, workspace_id=workspace_id, pipeline_id=present.pipeline_id)
        _check_required(table, changed, pipeline, kept=present)
    return _write(table, present, replace(changed, updated_at=clock.now(), changed_by=changed_by))


def move_deal(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    deal_id: str,
    stage_id: str,
    version: int,
    pipeline_id: str = "",
    before_id: str = "",
    after_id: str = "",
    changed_by: str = "",
) -> Deal:
    """Put the open deal, as it was at ``version``, into a stage (of another pipeline, if that is given): directly above the
    card ``before_id``, directly below ``after_id``, or on top. `ConflictError` with the present `Deal` when it has moved on
    or is closed.

    When the neighbour has left the stage meanwhile, the card comes to the top (``before_id``) or bottom (``after_id``): the
    stage is what somebody meant, and the neighbour says nothing any more.
    """
    present = _at(table, workspace_id, deal_id, version)
    if present.status is not DealStatus.OPEN:
        raise ConflictError("A closed deal is opened again first.", current=present)
    pipeline = _target(table, present, pipeline_id)
    stage = pipeline.stage(stage_id)
    same = (pipeline.id, stage.id) == (present.pipeline_id, present.stage_id)
    if same and not before_id and not after_id:
        return present
    now = clock.now()
    rank = placing.rank_for(table, present, pipeline, stage.id, now, before_id=before_id, after_id=after_id)
    forward = None if pipeline.id != present.pipeline_id else pipeline.forward(present.stage_id, stage.id)
    changed = moved(present, to=pipeline, stage=stage, rank=rank, at=now, by=changed_by)
    if same:
        return _write(table, present, changed)
    _check_required(table, changed, pipeline)
    return _write(table, present, changed, _change("moved", present, changed, forward=forward))


def close_deal(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    deal_id: str,
    version: int,
    status: DealStatus,
    reason: str = "",
    changed_by: str = "",
) -> Deal:
    """Win or lose the open deal as it was at ``version``, with the reason; `ConflictError` with the present `Deal` when it has
    moved on or is closed already.
    """
    present = _at(table, workspace_id, deal_id, version)
    if present.status is not DealStatus.OPEN:
        raise ConflictError("The deal is closed already.", current=present)
    now = clock.now()
    won = status is DealStatus.WON
    closed = replace(
        present,
        status=status,
        closed_at=now,
        updated_at=now,
        changed_by=changed_by,
        won_reason=reason if won else "",
        lost_reason="" if won else reason,
    )
    return _write(table, present, closed, _change("won" if won else "lost", present, closed))


def reopen_deal(
    *, table: Table, clock: Clock, workspace_id: str, deal_id: str, version: int, changed_by: str = ""
) -> Deal:
    """Put a closed deal back on top of its stage (the one in its place, if it was removed); `ConflictError` when it has moved
    on or is open.
    """
    present = _at(table, workspace_id, deal_id, version)
    if present.status is DealStatus.OPEN:
        raise ConflictError("The deal is open.", current=present)
    pipeline = _target(table, present, "")
    stage = pipeline.find(present.stage_id) or pipeline.stages[0]
    now = clock.now()
    opened = replace(
        present,
        status=DealStatus.OPEN,
        stage_id=stage.id,
        rank=ranks.top(now, present.id),
        stage_entered_at=now,
        closed_at=None,
        won_reason="",
        lost_reason="",
        updated_at=now,
        changed_by=changed_by,
    )
    return _write(table, present, opened, _change("reopened", present, opened))


def delete_deal(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    deal_id: str,
    version: int | None = None,
    changed_by: str = "",
) -> None:
    """Put the deal (of ``version``, if it is given) into the bin for thirty days."""
    present = get_deal(table=table, workspace_id=workspace_id, deal_id=deal_id)
    if version is not None and present.version != version:
        raise ConflictError(current=present)
    now = clock.now()
    _write(
        table, present, replace(present, deleted_at=now, deleted_by=changed_by, updated_at=now, changed_by=changed_by)
    )


def restore_deal(*, table: Table, clock: Clock, workspace: Workspace, deal_id: str, changed_by: str = "") -> Deal:
    """Take the deal out of the bin, on top of its stage if it was open; what is not in the bin is given back as it is."""
    present = get_deal(table=table, workspace_id=workspace.id, deal_id=deal_id, deleted=True)
    now = clock.now()
    if present.deleted_at is None:
        return present
    if present.deleted_at + BIN <= now:
        raise NotFoundError("There is no such deal.")
    restored = replace(
        present,
        deleted_at=None,
        deleted_by="",
        shard=shard_of(deal_id, workspace.new_shards_of("deals")),
        updated_at=now,
        changed_by=changed_by,
    )
    if restored.open:
        pipeline = _target(table, restored, "")
        stage = pipeline.find(present.stage_id) or pipeline.stages[0]
        restored = replace(restored, stage_id=stage.id, rank=ranks.top(now, deal_id), stage_entered_at=now)
    return _write(table, present, restored)


def history_of(
    *, table: Table, workspace_id: str, deal_id: str, after: str = "", limit: int = 50
) -> list[tuple[str, StageChange]]:
    """The deal's way through the stages, the oldest first, each row with its position; `NotFoundError` without a deal."""
    get_deal(table=table, workspace_id=workspace_id, deal_id=deal_id, consistent=False)
    return store.history(table, workspace_id, deal_id, after=after, limit=limit)


def holds_open_deals(table: Table, workspace_id: str) -> Callable[[Pipeline, str], bool]:
    """A function that says whether there are open deals in a stage of a pipeline (``""``: in any of its stages)."""
    shards = get_workspace(table=table, workspace_id=workspace_id).shards_of("deals")

    def holds(pipeline: Pipeline, stage_id: str) -> bool:
        asked = pipeline.standing_for(stage_id) if stage_id else [""]
        return any(_open_in(table, workspace_id, pipeline.id, each, shards) for each in asked)

    return holds


def empty_stage(*, table: Table, clock: Clock, workspace_id: str, pipeline_id: str, stage_id: str, limit: int) -> bool:
    """Move open deals of a removed stage to the stage in its place, each where its rank puts it; whether there may be more.
    Harmless when repeated, and when others move the same deals.
    """
    pipeline = pipelines.all_pipelines(table=table, workspace_id=workspace_id).get(pipeline_id)
    if pipeline is None or stage_id not in pipeline.removed:
        return False
    shards = get_workspace(table=table, workspace_id=workspace_id).shards_of("deals")
    found = store.board(table, workspace_id, pipeline_id, shards=shards, after="", limit=limit, stage_id=stage_id)
    busy = False
    for _, listed in found:
        for _ in range(_ATTEMPTS):
            present = store.read(table, workspace_id, listed.id, consistent=True)
            if present is None or not present.open or present.stage_id != stage_id:
                break
            target = pipeline.find(stage_id) or pipeline.stages[0]
            changed = moved(present, to=pipeline, stage=target, rank=present.rank, at=clock.now(), by="system")
            try:
                _write(table, present, changed, _change("moved", present, changed))
            except ConflictError:
                continue
            break
        else:
            busy = True
    return busy or len(found) == limit


def forget_partition(*, table: Table, workspace_id: str, deal_id: str) -> bool:
    """Delete some of what stands in the partition of a deal that is no more; whether there may be more."""
    keys = store.hanging(table, workspace_id, deal_id, limit=_SWEPT)
    table.write_many([], deletes=keys)
    return len(keys) == _SWEPT


def deal_of(record: Record) -> Deal:
    """The deal in a changed item, for projections."""
    assert isinstance(record, DealRecord)
    return store.to_domain(record)


def change_of(record: Record) -> StageChange:
    """The row of a deal's history in a changed item, for projections."""
    assert isinstance(record, StageChangeRecord)
    return store.to_change(record)


# What the use cases share


def _at(table: Table, workspace_id: str, deal_id: str, version: int) -> Deal:
    present = get_deal(table=table, workspace_id=workspace_id, deal_id=deal_id)
    if present.version != version:
        raise ConflictError(current=present)
    return present


def _write(table: Table, old: Deal, new: Deal, change: StageChange | None = None) -> Deal:
    operations: list[Operation] = [store.change(old, new)]
    if change is not None:
        operations.append(store.row(change))
    try:
        table.transact(operations)
    except TransactionConflictError as conflict:
        image = conflict.images[0] if 0 in conflict.failed else None
        current = store.to_domain(DealRecord.from_image(image)) if image else None
        if current is None or current.deleted_at is not None:
            current = store.read(table, old.workspace_id, old.id, consistent=True)
        if current is None:
            raise NotFoundError("There is no such deal.") from conflict
        raise ConflictError(current=current) from conflict
    return replace(new, version=old.version + 1)


def _change(
    what: What, old: Deal, new: Deal, *, forward: bool | None = None, at: datetime | None = None
) -> StageChange:
    at = at or new.updated_at
    closing = what in ("won", "lost")
    return StageChange(
        workspace_id=new.workspace_id,
        deal_id=new.id,
        pipeline_id=new.pipeline_id,
        id=encode(int(at.timestamp() * 1000) << 80 | (0 if what == "created" else old.version)),
        at=at,
        what=what,
        status=DealStatus.OPEN if what == "created" else new.status,
        from_stage=old.stage_id if closing or what == "moved" else "",
        to_stage="" if closing else new.stage_id,
        seconds=_seconds(old.entered_at, at) if closing or what == "moved" else 0,
        forward=forward,
        age=_seconds(new.created_at, at) if closing else 0,
        actor=new.changed_by,
    )


def _seconds(start: datetime, end: datetime) -> int:
    return max(0, int((end - start).total_seconds()))


def _pipeline(table: Table, clock: Clock, workspace: Workspace, pipeline_id: str) -> Pipeline:
    """The pipeline for a new deal: the one asked for, or the first that takes deals."""
    if not pipeline_id:
        found = pipelines.list_pipelines(table=table, clock=clock, workspace=workspace)
        return next((each for each in found if not each.archived), found[0])
    return _takes_deals(table, workspace.id, pipeline_id)


def _takes_deals(table: Table, workspace_id: str, pipeline_id: str) -> Pipeline:
    try:
        found = pipelines.get_pipeline(table=table, workspace_id=workspace_id, pipeline_id=pipeline_id)
    except NotFoundError as error:
        raise InvalidError("There is no such pipeline.", field="pipeline_id", code="unknown") from error
    if found.archived:
        raise InvalidError("The pipeline is archived.", field="pipeline_id", code="archived")
    return found


def _target(table: Table, deal: Deal, pipeline_id: str) -> Pipeline:
    """The pipeline that an existing deal goes to or stays in."""
    if pipeline_id and pipeline_id != deal.pipeline_id:
        return _takes_deals(table, deal.workspace_id, pipeline_id)
    try:
        return pipelines.get_pipeline(
            table=table, workspace_id=deal.workspace_id, pipeline_id=deal.pipeline_id, consistent=True
        )
    except NotFoundError as error:
        message = "The deal's pipeline was deleted: move it to another."
        raise InvalidError(message, field="pipeline_id", code="deleted") from error


def _references(
    table: Table, workspace_id: str, values: Mapping[str, Any], made_beside: Collection[str]
) -> dict[str, str]:
    """Contact and company (who is left of them, if they were merged) and owner, each checked; the contact's company when a contact is
    given and no company.
    """
    found = {name: str(values.get(name) or "") for name in REFERENCES}
    if found["contact_id"] and "contact_id" not in made_beside:
        try:
            contact = contacts.get_contact(
                table=table, workspace_id=workspace_id, contact_id=found["contact_id"], follow=True
            )
        except NotFoundError as error:
            raise InvalidError("There is no such contact.", field="contact_id", code="unknown") from error
        found["contact_id"] = contact.id
        if not values.get("company_id"):
            found["company_id"] = contact.company_id
    if values.get("company_id") and "company_id" not in made_beside:
        try:
            company = companies.get_company(
                table=table, workspace_id=workspace_id, company_id=found["company_id"], follow=True
            )
        except NotFoundError as error:
            raise InvalidError("There is no such company.", field="company_id", code="unknown") from error
        found["company_id"] = company.id
    if found["owner_id"]:
        contacts.check_owner(table, workspace_id, found["owner_id"])
    return found


def _priced(table: Table, present: Deal, changed: Deal, changes: Mapping[str, Any]) -> Deal:
    """The deal with the lines and the amount that a change says."""
    amount = None if changes.get("amount") is None else Decimal(changes["amount"])
    lines = changes["lines"] if "lines" in changes else [said(line) for line in present.lines]
    if not lines:
        given = amount if amount is not None else Decimal(0) if "amount" in changes else present.amount
        return replace(changed, lines=(), amount=given)
    if "lines" not in changes and changed.currency == present.currency:
        if amount is not None and amount != present.amount:
            raise _amount_follows()
        return changed
    return _with_lines(table, changed, lines, amount=amount)


def _with_lines(table: Table, deal: Deal, given: Collection[Mapping[str, Any]], *, amount: Decimal | None) -> Deal:
    """The deal with these lines, and with what they come to as its amount."""
    lines = products.lines_of(
        table=table, workspace_id=deal.workspace_id, given=list(given), currency=deal.currency, present=deal.lines
    )
    total = totals(lines, deal.currency).total
    if amount is not None and amount != total:
        raise _amount_follows()
    return replace(deal, lines=lines, amount=total)


def _amount_follows() -> InvalidError:
    return InvalidError("The amount is what the lines come to.", field="amount", code="follows_from_lines")


def _check_required(table: Table, deal: Deal, pipeline: Pipeline, *, kept: Deal | None = None) -> None:
    """What the deal's stage asks for is there; with ``kept``, at least what was there before."""
    stage = pipeline.find(deal.stage_id)
    if stage is None or not stage.required_fields:
        return
    shown = fields.shown(table=table, workspace_id=deal.workspace_id, values=deal.custom)
    if kept is not None:
        had = fields.shown(table=table, workspace_id=deal.workspace_id, values=kept.custom)
        names = tuple(
            name
            for name in stage.required_fields
            if (had.get(name.removeprefix("custom.")) if name.startswith("custom.") else getattr(kept, name))
        )
        stage = replace(stage, required_fields=names)
    check_required(deal, stage, shown)


def _day(given: Any) -> date | None:
    return date.fromisoformat(given) if isinstance(given, str) and given else given or None


def _open_in(table: Table, workspace_id: str, pipeline_id: str, stage_id: str, shards: int) -> bool:
    found = store.board(table, workspace_id, pipeline_id, shards=shards, after="", limit=1, stage_id=stage_id)
    return bool(found)
