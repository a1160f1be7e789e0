"""Writing and reading timelines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.customers.timeline import store
from chalicelib.customers.timeline.domain import (
    LONGEST_DAYS,
    NOTE_LENGTH,
    PINNED_MOST,
    About,
    Activity,
    Mention,
    Thing,
)
from chalicelib.customers.timeline.records import (
    ActivityRecord,
    PinsRecord,
    activity_key,
    mention_key,
    place_key,
    timeline_partition,
)
from chalicelib.foundation import clock as clocks
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from chalicelib.foundation.ids import is_id, made_at
from chalicelib.foundation.table import Create, Delete, Operation, Put, Record, Replace, Table
from chalicelib.foundation.table.table import TransactionConflictError

if TYPE_CHECKING:
    from chalicelib.customers.things import Things

_EXAMINED = 1000  # activities read for one page of a filtered timeline, at most; then the cursor goes on from there
_ATTEMPTS = 5
_MENTION_DAYS = 365
_FACTS = ("subject", "outcome", "direction", "duration_minutes")


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Some activities, and the position after which the next page starts (None after the last)."""

    items: list[Activity]
    next: str | None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which activities are wanted: of these kinds (all if empty), planned ones or past ones (both if None)."""

    kinds: frozenset[str] = frozenset()
    planned: bool | None = None

    def take(self, activity: Activity) -> bool:
        """Whether it is one of them."""
        return (not self.kinds or activity.kind in self.kinds) and self.planned in (None, activity.planned)


def entry(
    *,
    workspace_id: str,
    at: datetime,
    kind: str,
    id: str,  # noqa: A002 - the entry's own
    data: Mapping[str, Any],
    contact_id: str = "",
    about: About | tuple[Thing, str] | None = None,
    actor: str = "",
) -> ActivityRecord:
    """A row of a timeline for a projection to put: of a contact, or of what ``about`` names (``("deal", deal_id)``). ``id`` and
    ``at`` must follow from the change: then the change repeated writes the same row again. ``data`` is plain JSON.
    """
    owner = About(*about) if about is not None else About("contact", contact_id)
    return store.to_record(Activity(id, workspace_id, owner, at, kind, data, actor))


def timeline(
    *,
    table: Table,
    workspace_id: str,
    contact_id: str = "",
    about: About | None = None,
    things: Mapping[str, "Things"] | None = None,
    kind: str = "",
    filters: Filters | None = None,
    before: str = "",
    limit: int = 50,
) -> TimelinePage:
    """The activities of a contact (or of what ``about`` names) and of what was merged into it, the newest first; `NotFoundError`
    without such a thing. ``things`` are ``wiring.PARTS["things"]``, needed for all but contacts.
    """
    filters = filters or Filters(frozenset({kind} if kind else ()))
    abouts = _abouts(things, table, workspace_id, about or About("contact", contact_id))
    pinned = {sk for record in store.pins(table, workspace_id, abouts).values() for sk in record.pinned}
    found: list[Activity] = []
    examined = 0
    while True:
        page = store.newest(table, workspace_id, abouts, before=before, limit=limit)
        for position, activity in page:
            before = position
            if filters.take(activity):
                found.append(replace(activity, pinned=True) if position in pinned else activity)
                if len(found) == limit:
                    return TimelinePage(found, before)
        examined += len(page)
        if len(page) < limit:
            return TimelinePage(found, None)
        if examined >= _EXAMINED:
            return TimelinePage(found, before)


def pinned_activities(
    *, table: Table, workspace_id: str, about: About, things: Mapping[str, "Things"], filters: Filters | None = None
) -> list[Activity]:
    """What is pinned, the newest activity first."""
    abouts = _abouts(things, table, workspace_id, about)
    keys = [
        activity_key(workspace_id, owner, *_position(sk))
        for owner, record in store.pins(table, workspace_id, abouts).items()
        for sk in record.pinned
    ]
    found = store.read_many(table, keys)
    taken = [replace(each, pinned=True) for each in found.values() if (filters or Filters()).take(each)]
    return sorted(taken, key=lambda each: (each.at, each.id), reverse=True)


def add_note(*, table: Table, workspace_id: str, contact_id: str, note_id: str, text: str, actor: str) -> Activity:
    """Write a note on a contact, at the time inside its id; written again with the same id it is there once."""
    return write_activity(
        table=table,
        workspace_id=workspace_id,
        about=About("contact", contact_id),
        things=None,
        activity_id=note_id,
        kind="note",
        values={"text": text},
        actor=actor,
    )


def write_activity(
    *,
    table: Table,
    workspace_id: str,
    about: About,
    things: Mapping[str, "Things"] | None,
    activity_id: str,
    kind: str,
    values: Mapping[str, Any],
    actor: str,
) -> Activity:
    """Write a note, call, meeting or e-mail down. ``values`` are ``at`` (the time inside the id if not given), ``planned`` (whether
    it is still to come, if not given), ``html`` or ``text``, ``subject``, ``outcome``, ``direction``, ``duration_minutes``,
    ``ends_at``, ``mentions``, ``file_ids``, and the other things it concerns. `InvalidError` names what is wrong; written again with
    the same id it is the one that is there.
    """
    _abouts(things, table, workspace_id, about)
    now = made_at(activity_id)
    at = values.get("at") or now
    planned = values.get("planned")
    activity = Activity(
        id=activity_id,
        workspace_id=workspace_id,
        about=about,
        at=at,
        kind=kind,
        data=_data(table, things, workspace_id, about, kind, {}, values),
        actor=actor,
        written=True,
        planned=at > now and kind != "note" if planned is None else planned,
        changed_by=actor,
    )
    _check(activity)
    operations: list[Operation] = [Create(store.to_record(activity))]
    place = store.place_of(activity)
    if place is not None:
        operations.append(Create(place))
    operations += _mentions(activity, set(), now)
    try:
        table.transact(operations)
    except TransactionConflictError as conflict:
        present = store.find(table, workspace_id, [about], activity_id)
        if present is None:
            raise ConflictError from conflict
        return present
    return activity


def change_activity(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    about: About,
    things: Mapping[str, "Things"],
    activity_id: str,
    version: int,
    changes: Mapping[str, Any],
    actor: str,
) -> Activity:
    """Change what somebody wrote, as it was at ``version``; values as in `write_activity`, None takes one away. `ConflictError`
    with the present `Activity` when it has moved on.
    """
    present = find_activity(
        table=table, workspace_id=workspace_id, about=about, things=things, activity_id=activity_id, written=True
    )
    if present.version != version:
        raise ConflictError(current=present)
    now = clock.now()
    changed = replace(
        present,
        at=changes.get("at") or present.at,
        planned=present.planned if changes.get("planned") is None else changes["planned"],
        data=_data(table, things, workspace_id, present.about, present.kind, present.data, changes),
        edited_at=now,
        changed_by=actor,
    )
    _check(changed)
    operations: list[Operation] = _mentions(changed, set(present.data.get("mentions") or ()), now)
    if changed.at == present.at:
        operations.append(Replace(store.to_record(changed)))
    else:
        moved = replace(changed, version=version + 1)
        operations += [Delete(_key(present), ActivityRecord.version == version), Create(store.to_record(moved))]
        operations += _placed(moved) + _repinned(table, present, _key(moved).sk)
    _transact(table, operations, present)
    pinned = any(_key(changed).sk in each.pinned for each in store.pins(table, workspace_id, [present.about]).values())
    return replace(changed, version=version + 1, pinned=pinned)


def delete_activity(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    about: About,
    things: Mapping[str, "Things"],
    activity_id: str,
    version: int | None,
    actor: str,
) -> None:
    """Delete what somebody wrote, for good; its files stay with the thing. `ConflictError` when it is not at ``version``, if one
    is given.
    """
    present = find_activity(
        table=table, workspace_id=workspace_id, about=about, things=things, activity_id=activity_id, written=True
    )
    if version is not None and present.version != version:
        raise ConflictError(current=present)
    from chalicelib.workspaces.audit import service as audit

    operations: list[Operation] = [
        Delete(_key(present), ActivityRecord.version == present.version),
        Delete(place_key(workspace_id, present.about, present.id)),
        *[Delete(mention_key(workspace_id, user_id, present.id)) for user_id in present.data.get("mentions") or ()],
        *_repinned(table, present, ""),
        audit.deletion(
            workspace_id=workspace_id,
            at=clock.now(),
            actor=actor,
            action="activity.deleted",
            subject_id=present.id,
            before={"what": present.kind, "data": dict(present.data)},
        ),
    ]
    _transact(table, operations, present)


def find_activity(
    *,
    table: Table,
    workspace_id: str,
    about: About,
    things: Mapping[str, "Things"],
    activity_id: str,
    written: bool = False,
) -> Activity:
    """The activity in this timeline, consistent; with ``written`` only one that a person wrote. `NotFoundError` without one."""
    abouts = _abouts(things, table, workspace_id, about)
    found = store.find(table, workspace_id, abouts, activity_id) if is_id(activity_id) else None
    if found is not None and found.original is not None and written:
        found = store.find(table, workspace_id, [found.original], activity_id)
    if found is None or (written and not found.written):
        raise NotFoundError("There is no such activity.")
    return found


def pin(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    about: About,
    things: Mapping[str, "Things"],
    activity_id: str,
    pinned: bool,
) -> Activity:
    """Pin an activity to its timeline, or take the pin away; done again it changes nothing. `InvalidError` names ``pinned`` when
    there are as many as there may be.
    """
    activity = find_activity(
        table=table, workspace_id=workspace_id, about=about, things=things, activity_id=activity_id
    )
    position, now = _key(activity).sk, clock.now()
    for _ in range(_ATTEMPTS):
        record = store.pins(table, workspace_id, [activity.about], consistent=True).get(activity.about)
        before: list[str] = list(record.pinned) if record is not None else []
        if (position in before) is pinned:
            return replace(activity, pinned=pinned)
        after = [*before, position] if pinned else [each for each in before if each != position]
        if len(after) > PINNED_MOST:
            raise InvalidError(f"At most {PINNED_MOST} activities are pinned.", field="pinned", code="too_many")
        operation: Operation
        if record is None:
            operation = Create(store.pins_record(workspace_id, activity.about, after, now))
        else:
            record.pinned, record.updated_at = after, now
            operation = Replace(record)
        try:
            table.write(operation)
        except ConflictError:
            continue
        return replace(activity, pinned=pinned)
    raise UnavailableError("Many pins are being set at once.")


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A mention with its activity (None when it is gone) and the name of what that is about."""

    mention: Mention
    activity: Activity | None
    title: str


def mentions_of(
    *, table: Table, workspace_id: str, user_id: str, things: Mapping[str, "Things"], before: str = "", limit: int = 50
) -> tuple[list[Mentioned], str | None]:
    """Where a member was named, the newest activity first, and the position after which the next page starts."""
    rows = store.mentions(table, workspace_id, user_id, before=before, limit=limit)
    keys = {
        each.activity_id: activity_key(workspace_id, each.about, each.activity_at, each.activity_id) for _, each in rows
    }
    activities = store.read_many(table, list(keys.values()))
    titles: dict[tuple[str, str], str] = {}
    for kind in {each.about.kind for _, each in rows}:
        ids = {each.about.id for _, each in rows if each.about.kind == kind}
        titles |= {(kind, thing_id): title for thing_id, title in things[kind].titles(table, workspace_id, ids).items()}
    found = [
        Mentioned(each, activities.get(keys[each.activity_id]), titles.get((each.about.kind, each.about.id), ""))
        for _, each in rows
    ]
    return found, rows[-1][0] if len(rows) == limit else None


def activity_of(record: Record) -> Activity:
    """The activity in a changed item, for projections."""
    assert isinstance(record, ActivityRecord)
    return store.to_domain(record)


def copy_of(activity: Activity, about: About) -> ActivityRecord:
    """The activity as it stands in the timeline of another thing that it concerns, for projections."""
    return store.copy_of(activity, about)


def excerpt(activity: Activity, length: int = 300) -> str:
    """The beginning of what was written."""
    text = str(activity.data.get("text") or activity.data.get("subject") or "")
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _abouts(things: Mapping[str, "Things"] | None, table: Table, workspace_id: str, about: About) -> list[About]:
    """The thing and those merged into it; `NotFoundError` when there is none."""
    if things is None or about.kind not in things:
        if about.kind != "contact":
            raise NotFoundError(f"There is no such {about.kind}.")
        from chalicelib.customers.things import CONTACTS

        ids = CONTACTS.all_ids(table, workspace_id, about.id)
    else:
        ids = things[about.kind].all_ids(table, workspace_id, about.id)
    return [About(about.kind, each) for each in ids]


def _key(activity: Activity) -> Any:
    return activity_key(activity.workspace_id, activity.about, activity.at, activity.id)


def _position(sk: str) -> tuple[datetime, str]:
    _, at, activity_id = sk.split("#")
    return clocks.from_text(at), activity_id


def _data(
    table: Table,
    things: Mapping[str, "Things"] | None,
    workspace_id: str,
    about: About,
    kind: str,
    before: Mapping[str, Any],
    values: Mapping[str, Any],
) -> dict[str, Any]:
    """The facts as they are kept; None and empty ones are left out."""
    data: dict[str, Any] = {**before}
    if values.get("html") is not None:
        from chalicelib.customers.timeline import rich

        data["html"] = rich.clean(values["html"])
        data["text"] = rich.plain(data["html"])
    elif "text" in values:
        data.pop("html", None)
        data["text"] = values["text"] or ""
    if len(data.get("text", "")) > NOTE_LENGTH:
        raise InvalidError(
            f"At most {NOTE_LENGTH} characters.", field="html" if "html" in data else "text", code="too_long"
        )
    data |= {name: values[name] for name in _FACTS if name in values}
    if "ends_at" in values:
        data["ends_at"] = clocks.to_text(values["ends_at"]) if values["ends_at"] else None
    if "mentions" in values:
        data["mentions"] = _members(table, workspace_id, values["mentions"] or (), set(before.get("mentions") or ()))
    if "file_ids" in values:
        data["files"] = _files(table, workspace_id, about, values["file_ids"] or ())
    for other in ("contact", "company", "deal"):
        given = values.get(f"{other}_id")
        if f"{other}_id" in values and other != about.kind:
            if given and things is not None:
                from chalicelib.customers.things import check_thing

                check_thing(things, table, workspace_id, other, given, field=f"{other}_id")
            data[f"{other}_id"] = given
    data = {name: value for name, value in data.items() if value not in (None, "", [], ())}
    if not data.keys() & {"text", "subject", "files"} and kind == "note":
        raise InvalidError("A note says something.", field="html" if "html" in values else "text", code="missing")
    return data


def _members(table: Table, workspace_id: str, mentions: Sequence[str], before: set[str]) -> list[str]:
    """The mentioned members, each once; those who were mentioned before may have left."""
    from chalicelib.workspaces.members import service as members

    found = list(dict.fromkeys(mentions))
    for position, user_id in enumerate(found):
        if user_id in before:
            continue
        try:
            members.get_member(table=table, workspace_id=workspace_id, user_id=user_id)
        except NotFoundError as error:
            raise InvalidError("There is no such member.", field=f"mentions.{position}", code="unknown") from error
    return found


def _files(table: Table, workspace_id: str, about: About, file_ids: Sequence[str]) -> list[dict[str, Any]]:
    """The attached files with what a timeline shows of them."""
    from chalicelib.customers.files import service as files

    wanted = list(dict.fromkeys(file_ids))
    found = files.attached(table=table, workspace_id=workspace_id, file_ids=wanted)
    shown = []
    for position, file_id in enumerate(wanted):
        file = found.get(file_id)
        if file is None or (file.about_kind, file.about_id) != about:
            raise InvalidError("There is no such file here.", field=f"file_ids.{position}", code="unknown")
        shown.append({"id": file.id, "file_name": file.file_name, "media_type": file.media_type, "size": file.size})
    return shown


def _check(activity: Activity) -> None:
    if activity.planned and activity.kind == "note":
        raise InvalidError("A note is not planned.", field="planned", code="not_planned")
    if (
        not datetime(1970, 1, 1, tzinfo=activity.at.tzinfo)
        <= activity.at
        < datetime(2200, 1, 1, tzinfo=activity.at.tzinfo)
    ):
        raise InvalidError("This is too far away.", field="at", code="out_of_range")
    if activity.data.get("ends_at"):
        length = clocks.from_text(str(activity.data["ends_at"])) - activity.at
        if not timedelta(0) <= length <= timedelta(days=LONGEST_DAYS):
            raise InvalidError("It ends after it begins, within a month.", field="ends_at", code="out_of_range")


def _mentions(activity: Activity, before: set[str], now: datetime) -> list[Operation]:
    """Rows for those who are mentioned, none for those who are no longer; nobody is told of what they wrote themselves."""
    mentioned: list[str] = list(activity.data.get("mentions") or ())
    rows: list[Operation] = []
    for user_id in mentioned:
        by = activity.actor if user_id in before else activity.changed_by
        if by == f"member:{user_id}":
            continue
        mention = Mention(activity.workspace_id, user_id, activity.id, activity.about, activity.at, now, by)
        expires = int((now + timedelta(days=_MENTION_DAYS)).timestamp())
        rows.append(Put(store.mention_record(mention, expires_at=expires)))
    gone = sorted(before - set(mentioned))
    return rows + [Delete(mention_key(activity.workspace_id, user_id, activity.id)) for user_id in gone]


def _placed(activity: Activity) -> list[Operation]:
    place = store.place_of(activity)
    if place is not None:
        return [Put(place)]
    return [Delete(place_key(activity.workspace_id, activity.about, activity.id))]


def _repinned(table: Table, activity: Activity, position: str) -> list[Operation]:
    """The pins with this activity at another position, or without it; nothing when it is not pinned."""
    record: PinsRecord | None = store.pins(table, activity.workspace_id, [activity.about], consistent=True).get(
        activity.about
    )
    old = _key(activity).sk
    if record is None or old not in record.pinned:
        return []
    record.pinned = [position if each == old else each for each in record.pinned if position or each != old]
    return [Replace(record)]


def _transact(table: Table, operations: Sequence[Operation], present: Activity) -> None:
    try:
        table.transact(operations)
    except TransactionConflictError as conflict:
        current = store.find(table, present.workspace_id, [present.about], present.id)
        raise ConflictError(current=current) from conflict


def newest_at(*, table: Table, workspace_id: str, about: About) -> datetime | None:
    """When the newest of something's activities is, or None without any."""
    pk = timeline_partition(workspace_id, about)
    page = table.query(ActivityRecord, pk, begins_with="ACT#", newest_first=True, limit=1)
    return page.items[0].at if page.items else None
