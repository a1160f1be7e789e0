"""What can be done with campaigns. The sending itself is in ``marketing/sending``; they speak by the queues ``campaign-plan`` and
``campaign-send`` and by the campaign's state.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, FieldError, InvalidError, NotFoundError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.messaging import Queues
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns import events, recurring, store, testing
from chalicelib.marketing.campaigns.checking import check_choices, missing
from chalicelib.marketing.campaigns.domain import (
    MARKS,
    Ab,
    Baseline,
    BodySource,
    Campaign,
    CampaignState,
    IllegalMoveError,
    Mark,
    Move,
    Plan,
    after,
    ended,
    moment,
    planning_at,
    stop_reason,
)
from chalicelib.marketing.campaigns.references import check_segments, check_topic, check_usable
from chalicelib.marketing.domains import service as domains
from chalicelib.marketing.segments import service as segments
from chalicelib.marketing.templates.domain import Body, Notice
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import get_workspace

if TYPE_CHECKING:
    from chalicelib.foundation.scheduler import Scheduler

RECIPIENTS_PER_SHARD = 500
SHARDS_LEAST, SHARDS_MOST = 10, 200
LATE = timedelta(hours=6)
"""A campaign whose time was missed by more than this does not go out by itself: "good morning" is wrong at night."""
_LONGEST_AHEAD = timedelta(days=366)
_ATTEMPTS = 6
SYSTEM = "system:campaigns"
_UNSENT: Mapping[str, Any] = {
    "state": CampaignState.DRAFT,
    "audience": None,
    "plan": Plan(),
    "scheduled_at": None,
    "time_zone": "",
    "started_at": None,
    "finished_at": None,
    "stop_reason": "",
    "settled": False,
    "baseline": Baseline(),
    "ab": None,
    "occurrences": None,
    "occurrence_of": "",
    "counts": {},
    "marks": (),
}
"""What a copy does not take over: all that became of the campaign."""


def list_campaigns(
    *, table: Table, workspace_id: str, limit: int, start: list[str] | None
) -> tuple[list[Campaign], list[str] | None]:
    """The newest campaigns with their counts, and the position to go on from."""
    found, following = store.page(table, workspace_id, limit=limit, start=start)
    return [with_counts(table=table, campaign=campaign) for campaign in found], following


def page_of_campaigns(
    *, table: Table, workspace_id: str, limit: int, start: list[str] | None
) -> tuple[list[Campaign], list[str] | None]:
    """As `list_campaigns`, without counts; for work over all of them."""
    return store.page(table, workspace_id, limit=limit, start=start)


def get_campaign(
    *, table: Table, workspace_id: str, campaign_id: str, consistent: bool = False, counted: bool = False
) -> Campaign:
    """The campaign, with its counts if asked for; `NotFoundError` when there is none."""
    found = store.read(table, workspace_id, campaign_id, consistent=consistent) if is_id(campaign_id) else None
    if found is None:
        raise NotFoundError("There is no such campaign.")
    return with_counts(table=table, campaign=found) if counted else found


def with_counts(*, table: Table, campaign: Campaign) -> Campaign:
    """The campaign with its counts, and with its test's figures so far."""
    counted = store.counts(table, campaign.workspace_id, campaign.id)
    return replace(campaign, counts=counted, ab=testing.shown(table, campaign))


def get_body(*, table: Table, workspace_id: str, campaign_id: str, name: str = "") -> Body:
    """The compiled body of one of its texts, by name."""
    found = store.read_body(table, workspace_id, campaign_id, name)
    if found is None:
        raise NotFoundError("There is no such campaign.")
    return found


def get_bodies(*, table: Table, campaign: Campaign) -> dict[str, Body]:
    """The compiled bodies of all its texts, by name."""
    return store.read_bodies(table, campaign.workspace_id, campaign.id, campaign.wordings)


def create_campaign(
    *,
    table: Table,
    clock: Clock,
    workspace: Workspace,
    campaign_id: str,
    values: Mapping[str, Any],
    body: BodySource,
    changed_by: str,
    others: Mapping[str, BodySource] | None = None,
) -> Campaign:
    """Make a draft. ``values`` are fields of `Campaign`, ``others`` the bodies of further texts by name; the sender is the
    workspace's where none is given.
    """
    now = clock.now()
    campaign = Campaign(
        workspace_id=workspace.id,
        id=campaign_id,
        created_at=now,
        updated_at=now,
        changed_by=changed_by,
        **{"language": workspace.language, **_cleaned(values)},
    )
    check_topic(table, campaign)
    campaign, bodies = _compiled(table, campaign, {"": body, **(others or {})})
    store.create(table, campaign, bodies)
    return campaign


def change_campaign(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    campaign_id: str,
    version: int,
    changes: Mapping[str, Any],
    body: BodySource | None,
    changed_by: str,
    others: Mapping[str, BodySource] | None = None,
) -> Campaign:
    """Change a draft as it was at ``version``; `ConflictError` with the present one when it has moved on or is no draft.
    ``others`` are the bodies of further texts by name; what is not given stays as it was written.
    """
    present = get_campaign(table=table, workspace_id=workspace_id, campaign_id=campaign_id, consistent=True)
    if present.version != version:
        raise ConflictError(current=present)
    after(present.state, Move.EDIT, current=present)
    kept = get_bodies(table=table, campaign=present)
    sources = {name: BodySource(old.format, old.source) for name, old in kept.items()} | dict(others or {})
    if body is not None:
        sources[""] = body
    changed = replace(present, updated_at=clock.now(), changed_by=changed_by, **_cleaned(changes))
    if changed.topic != present.topic:
        check_topic(table, changed)
    changed, bodies = _compiled(table, changed, sources)
    return store.replace(table, changed, bodies, gone=kept.keys() - bodies.keys())


def delete_campaign(*, table: Table, clock: Clock, workspace_id: str, campaign_id: str, changed_by: str) -> None:
    """Delete a draft. What was sent stays: somebody may ask who received it."""
    present = get_campaign(table=table, workspace_id=workspace_id, campaign_id=campaign_id, consistent=True)
    after(present.state, Move.DELETE, current=present)
    store.delete(table, present, now=clock.now(), actor=changed_by)


def clone_campaign(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    campaign_id: str,
    clone_id: str,
    changed_by: str,
    resend: bool = False,
) -> Campaign:
    """A new draft that says the same. To ``resend`` it goes to whoever was sent this one and has neither opened it nor followed a
    link when it is planned; `ConflictError` when this one was never sent.
    """
    source = get_campaign(table=table, workspace_id=workspace_id, campaign_id=campaign_id, consistent=True)
    if resend and source.started_at is None:
        raise ConflictError("This campaign was not sent yet.", current=source)
    bodies = get_bodies(table=table, campaign=source)
    now = clock.now()
    suffix = " (copia)" if source.language == "es" else " (copy)"
    clone = replace(
        source,
        id=clone_id,
        name=source.name[: 200 - len(suffix)] + suffix,
        created_at=now,
        updated_at=now,
        changed_by=changed_by,
        version=1,
        **_UNSENT,
    )
    if resend:
        clone = replace(clone, resend_of=source.id, segment_ids=(), ab_test=None)
        bodies = {name: bodies[name] for name in clone.wordings}
    store.create(table, clone, bodies)
    return clone


def notices(campaign: Campaign, workspace: Workspace) -> list[Notice]:
    """What is worth knowing before sending: about the body as it was saved, and about the workspace as it is now."""
    found = list(campaign.warnings)
    if not workspace.postal_address:
        message = "The workspace has no postal address; the law wants one in every campaign."
        found.append(Notice("postal_address_missing", message, "workspace.postal_address", blocking=True))
    if not (campaign.from_email or workspace.sender_email):
        message = "There is no sender address, neither here nor in the workspace."
        found.append(Notice("sender_missing", message, "from.email", blocking=True))
    if not campaign.segment_ids and not campaign.resend_of:
        found.append(Notice("audience_missing", "No segment is chosen.", "segment_ids", blocking=True))
    return [*found, *missing(campaign)]


def send_campaign(
    *,
    table: Table,
    clock: Clock,
    queues: Queues,
    scheduler: "Scheduler",
    workspace: Workspace,
    campaign_id: str,
    at: datetime | None = None,
    time_zone: str = "",
    changed_by: str,
) -> Campaign:
    """Start a campaign now, or at a moment: ``at`` with a zone of its own or on the clocks of ``time_zone``. One that is scheduled, or was
    paused before it began, is moved to another moment so; it begins at the one that was written last, whichever schedule fires.

    `InvalidError` names what has to be put right first; `IllegalMoveError` when it has begun; `ConflictError` when it begins this moment.
    """
    now = clock.now()
    campaign = get_campaign(table=table, workspace_id=workspace.id, campaign_id=campaign_id, consistent=True)
    blocking = [
        FieldError(notice.field, notice.message, notice.code)
        for notice in notices(campaign, workspace)
        if notice.blocking
    ]
    from_email = campaign.from_email or workspace.sender_email
    waiting = domains.unverified(table=table, workspace_id=workspace.id, email=from_email)
    if waiting:
        blocking.append(FieldError("from.email", f"{waiting} is not verified yet.", "domain_unverified"))
    if blocking:
        raise InvalidError("This campaign cannot be sent yet.", fields=blocking)
    check_usable(table, campaign)
    if campaign.recurrence is not None:
        start = moment(at, time_zone or workspace.time_zone) if at is not None else now
        if start > now + _LONGEST_AHEAD:
            raise InvalidError("This is more than a year ahead.", field="at", code="too_far")
        return store.replace(table, recurring.begun(campaign, now, max(start, now), changed_by))
    if at is None:
        if campaign.delivery.mode == "local_time":
            raise InvalidError("At each contact's local time needs a time.", field="at", code="missing")
        if time_zone:
            moment(now, time_zone)
        state = after(campaign.state, Move.START, current=campaign)
        return _begin(table, queues, replace(campaign, state=state, changed_by=changed_by), now)
    when = moment(at, time_zone or workspace.time_zone)
    if when <= now:
        raise InvalidError("This moment has passed.", field="at", code="past")
    if when > now + _LONGEST_AHEAD:
        raise InvalidError("This is more than a year ahead.", field="at", code="too_far")
    state = after(campaign.state, Move.SCHEDULE, current=campaign)
    if campaign.started_at is not None or campaign.occurrences is not None:
        raise IllegalMoveError("A campaign that has begun cannot be scheduled.", current=campaign)
    scheduled = replace(
        campaign,
        state=state,
        stop_reason="",
        scheduled_at=when,
        time_zone=time_zone or workspace.time_zone,
        updated_at=now,
        changed_by=changed_by,
    )
    scheduled = store.replace(table, scheduled)
    scheduler.at(
        _schedule_name(campaign_id), planning_at(scheduled) or when, "campaign-plan", events.plan(scheduled, now)
    )
    return scheduled


def start_scheduled(*, table: Table, clock: Clock, queues: Queues, campaign: Campaign) -> Campaign:
    """Start a campaign whose moment has come; one that is too late is paused, for a person to decide."""
    now = clock.now()
    assert campaign.scheduled_at is not None
    if now - campaign.scheduled_at > LATE:
        state = after(campaign.state, Move.PAUSE, current=campaign)
        late = replace(campaign, state=state, stop_reason="late", updated_at=now, changed_by=SYSTEM)
        return store.replace(table, late)
    try:
        _check_ready(campaign, get_workspace(table=table, workspace_id=campaign.workspace_id))
        check_usable(table, campaign)
    except InvalidError:  # the postal address was taken away, or a segment, for instance
        state = after(campaign.state, Move.PAUSE, current=campaign)
        blocked = replace(campaign, state=state, stop_reason="blocked", updated_at=now, changed_by=SYSTEM)
        return store.replace(table, blocked)
    state = after(campaign.state, Move.START, current=campaign)
    return _begin(table, queues, replace(campaign, state=state, changed_by=SYSTEM), now, publish=False)


def pause_campaign(
    *, table: Table, clock: Clock, workspace_id: str, campaign_id: str, changed_by: str, reason: str = "person"
) -> Campaign:
    """Stop after the batch that is being sent."""

    def change(campaign: Campaign) -> Campaign:
        state = after(campaign.state, Move.PAUSE, current=campaign)
        return replace(campaign, state=state, stop_reason=reason, changed_by=changed_by)

    return _change(table, clock, workspace_id, campaign_id, change)


def resume_campaign(
    *, table: Table, clock: Clock, queues: Queues, workspace_id: str, campaign_id: str, changed_by: str
) -> Campaign:
    """Go on where it was: one whose time has not come waits for it again. One that had paused itself is judged from here on by what
    comes after. `InvalidError` names what kept a blocked one from being sent, while it still does.
    """
    counted = store.counts(table, workspace_id, campaign_id)

    def change(campaign: Campaign) -> Campaign:
        if campaign.occurrences is not None:
            return replace(recurring.resumed(campaign, clock.now()), stop_reason="", changed_by=changed_by)
        if campaign.started_at is None and (starts := planning_at(campaign)) is not None and starts > clock.now():
            state = after(campaign.state, Move.RESUME_WAITING, current=campaign)
            return replace(campaign, state=state, stop_reason="", changed_by=changed_by)
        if campaign.stop_reason == "blocked":
            _check_ready(campaign, get_workspace(table=table, workspace_id=workspace_id))
            if campaign.started_at is None:
                check_usable(table, campaign)
        move = Move.RESUME_SENDING if campaign.plan.done else Move.RESUME_PLANNING
        state = after(campaign.state, move, current=campaign)
        baseline = campaign.baseline
        if campaign.stop_reason in ("bounces", "complaints"):
            baseline = Baseline(counted["sent"], counted["bounced"], counted["complained"])
        started = campaign.started_at or clock.now()
        marks = (Mark(clock.now(), ended(counted)),) if state is CampaignState.SENDING else ()
        return replace(
            campaign,
            marks=marks,
            state=state,
            stop_reason="",
            baseline=baseline,
            changed_by=changed_by,
            started_at=started,
        )

    resumed = _change(table, clock, workspace_id, campaign_id, change)
    if resumed.state is CampaignState.PLANNING:
        queues.publish("campaign-plan", [events.plan(resumed, resumed.updated_at)])
    elif resumed.state is CampaignState.SENDING:
        queues.publish("campaign-send", events.walks(resumed, resumed.updated_at))
    return resumed


def cancel_campaign(
    *,
    table: Table,
    clock: Clock,
    queues: Queues,
    scheduler: "Scheduler",
    workspace_id: str,
    campaign_id: str,
    changed_by: str,
) -> Campaign:
    """Send nothing more, ever. Recipients who were still waiting end as suppressed, with this as their reason."""
    was_scheduled = False

    def change(campaign: Campaign) -> Campaign:
        nonlocal was_scheduled
        was_scheduled = campaign.scheduled_at is not None
        state = after(campaign.state, Move.CANCEL, current=campaign)
        return replace(campaign, state=state, finished_at=clock.now(), changed_by=changed_by)

    cancelled = _change(table, clock, workspace_id, campaign_id, change)
    if was_scheduled:
        scheduler.cancel(_schedule_name(campaign_id))
    if cancelled.started_at is not None:
        queues.publish("campaign-send", events.walks(cancelled, cancelled.updated_at))
    return cancelled


def judge(
    *, table: Table, clock: Clock, workspace_id: str, campaign_id: str, known: Campaign | None = None
) -> Campaign | None:
    """Pause the campaign when too many of its messages bounced or were complained of; the paused campaign then, else None.

    ``known`` is the campaign as it was just read: while nothing speaks against it, it is not read again.
    """
    counted = store.counts(table, workspace_id, campaign_id)
    if known is not None and not stop_reason(counted, known.baseline):
        return None
    campaign = store.read(table, workspace_id, campaign_id, consistent=True)
    if campaign is None or campaign.state is not CampaignState.SENDING:
        return None
    reason = stop_reason(counted, campaign.baseline)
    if not reason:
        return None
    try:
        return pause_campaign(
            table=table,
            clock=clock,
            workspace_id=workspace_id,
            campaign_id=campaign_id,
            changed_by=SYSTEM,
            reason=reason,
        )
    except IllegalMoveError:
        return None  # somebody else stopped it meanwhile


def still_planning(table: Table, campaign: Campaign) -> dict[str, Any]:
    """The condition check (for a transaction written by hand) that the planner is still where this campaign says."""
    return store.still_planning(table, campaign)


def planned_to(*, table: Table, clock: Clock, campaign: Campaign, plan: Plan) -> Campaign:
    """Keep how far the planner is; `ConflictError` when the campaign has changed since it was read."""
    return store.replace(table, replace(campaign, plan=plan, updated_at=clock.now(), changed_by=SYSTEM))


def audience_known(*, table: Table, clock: Clock, campaign: Campaign, audience: int) -> Campaign:
    """The ledger is whole: sending begins. `ConflictError` when the campaign has changed since it was read."""
    state = after(campaign.state, Move.PLANNED, current=campaign)
    plan = replace(campaign.plan, done=True)
    now = clock.now()
    known = replace(campaign, state=state, plan=plan, audience=audience, ab=Ab() if campaign.ab_test else None)
    return store.replace(table, replace(known, marks=(Mark(now, 0),), updated_at=now, changed_by=SYSTEM))


def finish(*, table: Table, clock: Clock, campaign: Campaign) -> Campaign:
    """Every recipient has come to an end; of a cancelled campaign it is noted, so that nobody looks after it any more. `ConflictError`
    when it has changed since it was read: one of them may have been brought back to life.
    """
    now = clock.now()
    if campaign.state is CampaignState.CANCELLED:
        return campaign if campaign.settled else store.replace(table, replace(campaign, settled=True, updated_at=now))
    state = after(campaign.state, Move.FINISH, current=campaign)
    done = replace(campaign, state=state, finished_at=now, updated_at=now, changed_by=SYSTEM)
    return store.replace(table, done)


def reopen(*, table: Table, clock: Clock, workspace_id: str, campaign_id: str) -> Campaign:
    """A recipient of a finished campaign is to be sent to again. A campaign that is still under way is only written, so that a walk which
    is about to finish it has to look again.
    """

    def change(campaign: Campaign) -> Campaign:
        if campaign.state in (CampaignState.SENDING, CampaignState.PAUSED):
            return replace(campaign)
        state = after(campaign.state, Move.REOPEN, current=campaign)
        return replace(campaign, state=state, finished_at=None)

    return _change(table, clock, workspace_id, campaign_id, change)


def due(*, table: Table, clock: Clock, limit: int = 50) -> list[Campaign]:
    """Campaigns that need looking after, of all workspaces."""
    return store.due(table, clock.now(), limit=limit)


def looked_after(*, table: Table, clock: Clock, campaign: Campaign) -> bool:
    """Put off the next look by a minute; False when somebody else changed the campaign meanwhile."""
    now, marks = clock.now(), campaign.marks
    if campaign.state is CampaignState.SENDING:
        counted = store.counts(table, campaign.workspace_id, campaign.id)
        marks = (*marks, Mark(now, ended(counted)))[-MARKS:]
    try:
        store.replace(table, replace(campaign, marks=marks, updated_at=now, changed_by=SYSTEM))
    except ConflictError:
        return False
    return True


def occur(*, table: Table, clock: Clock, queues: Queues, campaign: Campaign) -> None:
    """Make what a recurring campaign has to make now; see `recurring.occur`."""
    recurring.occur(table=table, clock=clock, queues=queues, campaign=campaign)


def tend_test(*, table: Table, clock: Clock, queues: Queues, campaign: Campaign) -> Campaign:
    """See to the test of a campaign that is being sent; see `testing.tend`."""
    try:
        return testing.tend(table=table, clock=clock, queues=queues, campaign=campaign)
    except ConflictError:
        return campaign  # somebody changed it this moment; the next tick looks again


def pick_winner(
    *,
    table: Table,
    clock: Clock,
    queues: Queues,
    workspace_id: str,
    campaign_id: str,
    variant: int,
    changed_by: str,
) -> Campaign:
    """A person decides the test: the rest of the audience gets this variant (0 is the campaign's own text)."""
    for attempt in range(_ATTEMPTS):
        campaign = get_campaign(table=table, workspace_id=workspace_id, campaign_id=campaign_id, consistent=True)
        try:
            return testing.pick(
                table=table, clock=clock, queues=queues, campaign=campaign, variant=variant, picked_by=changed_by
            )
        except ConflictError as conflict:
            moved = isinstance(conflict.current, Campaign) and conflict.current.version != campaign.version
            if not moved or attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def counts(*, table: Table, workspace_id: str, campaign_id: str) -> dict[str, int]:
    """How many recipients stand where, as far as it is projected."""
    return store.counts(table, workspace_id, campaign_id)


def _begin(table: Table, queues: Queues, campaign: Campaign, now: datetime, *, publish: bool = True) -> Campaign:
    if campaign.resend_of:
        expected = store.counts(table, campaign.workspace_id, campaign.resend_of)["sent"]
    else:
        found = segments.get_segments(table=table, workspace_id=campaign.workspace_id, ids=campaign.segment_ids)
        expected = sum(segment.count for segment in found.values())
    shards = min(max(-(-expected // RECIPIENTS_PER_SHARD), SHARDS_LEAST), SHARDS_MOST)
    begun = replace(campaign, started_at=now, updated_at=now, shards=shards, plan=Plan(), audience=None)
    begun = store.replace(table, begun)
    if publish:
        queues.publish("campaign-plan", [events.plan(begun, now)])
    return begun


def _change(
    table: Table, clock: Clock, workspace_id: str, campaign_id: str, change: Callable[[Campaign], Campaign]
) -> Campaign:
    """A move that depends on nothing but the campaign itself: read and written again when somebody was faster."""
    for attempt in range(_ATTEMPTS):
        campaign = get_campaign(table=table, workspace_id=workspace_id, campaign_id=campaign_id, consistent=True)
        changed = change(campaign)
        if changed is campaign:
            return campaign
        try:
            return store.replace(table, replace(changed, updated_at=clock.now()))
        except ConflictError:
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = dict(values)
    for field in ("name", "subject", "preheader", "from_name", "topic"):
        if field in cleaned:
            cleaned[field] = " ".join(str(cleaned[field]).split())
    for field in ("from_email", "reply_to"):
        if cleaned.get(field):
            cleaned[field] = _address(cleaned[field], field.replace("_email", ".email"))
    for field in ("segment_ids", "exclude_segment_ids"):
        if field in cleaned:
            cleaned[field] = tuple(dict.fromkeys(cleaned[field]))
    return cleaned


def _address(text: str, field: str) -> str:
    from chalicelib.customers.contacts.addresses import normalise_email

    try:
        return normalise_email(text)
    except InvalidError as error:
        raise InvalidError("This is no e-mail address.", field=field, code="email") from error


def _compiled(table: Table, campaign: Campaign, sources: Mapping[str, BodySource]) -> tuple[Campaign, dict[str, Body]]:
    from chalicelib.marketing.campaigns.texts import compile_texts  # brings what reads HTML, which sending never needs

    check_choices(campaign)
    check_segments(table, campaign)
    campaign = replace(campaign, body_format=sources[""].format)
    wanted = {name: sources[name] for name, wording in campaign.wordings.items() if wording.body_format}
    bodies, warnings = compile_texts(table, campaign, wanted)
    return replace(campaign, warnings=warnings), bodies


def _check_ready(campaign: Campaign, workspace: Workspace) -> None:
    """`InvalidError` names what has to be put right before this campaign can be sent."""
    blocking = [
        FieldError(notice.field, notice.message, notice.code)
        for notice in notices(campaign, workspace)
        if notice.blocking
    ]
    if blocking:
        raise InvalidError("This campaign cannot be sent yet.", fields=blocking)


def _schedule_name(campaign_id: str) -> str:
    return f"campaign-{campaign_id}"
