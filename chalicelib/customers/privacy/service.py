"""Showing, exporting and erasing everything that is kept of one person.

An erasure takes the contact out of everything at once (its claims are given up, ordinary reads do not find it any more), and then
asks every feature in rounds from a queue. A run that dies goes on at the feature it was at; a run that comes twice changes nothing.
"""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.customers.claims import service as claims
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.privacy import events, store
from chalicelib.customers.privacy.domain import LAPS, PAUSE, SWEPT, PersonalData, exports_of, features_of
from chalicelib.customers.privacy.store import Erasure
from chalicelib.foundation.errors import NotFoundError, UnavailableError
from chalicelib.foundation.ids import derived_id, is_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.workspaces.audit import service as audit
from chalicelib.workspaces.jobs import service as jobs
from chalicelib.workspaces.jobs.domain import Job

_ATTEMPTS = 8
_SECONDS = 25.0  # of the function's minute
_ABANDONED = timedelta(seconds=90)  # longer than a function lives
PERMISSION = "privacy:manage"


def personal_data(*, runtime: Runtime, workspace_id: str, contact_id: str) -> dict[str, list[Mapping[str, Any]]]:
    """Everything that is kept of a person, by feature; also of one in the bin. `NotFoundError` without such a contact."""
    contact = _person(runtime, workspace_id, contact_id)
    known = _with_merged(runtime, workspace_id, contact)
    found = {
        name: feature.show(runtime, workspace_id, contact, _addresses(known))
        for name, feature in _features(runtime).items()
    }
    return {name: shown for name, shown in found.items() if shown}


def order_export(*, runtime: Runtime, workspace_id: str, contact_id: str, job_id: str, actor: str) -> Job:
    """Have everything that is kept of a person put into a file for them. `NotFoundError` without such a contact."""
    _person(runtime, workspace_id, contact_id)
    job = jobs.create(
        table=runtime.table,
        clock=runtime.clock,
        workspace_id=workspace_id,
        job_id=job_id,
        kind="personal_data_export",
        permission=PERMISSION,
        created_by=actor,
    )
    runtime.queues.publish("jobs", [events.export(workspace_id, contact_id, job_id, at=runtime.clock.now())])
    return job


def export(*, runtime: Runtime, workspace_id: str, contact_id: str, job_id: str) -> None:
    """Put the file together; made again, it is the same file."""
    from chalicelib.customers.privacy.document import archive

    here: dict[str, Any] = {
        "table": runtime.table,
        "clock": runtime.clock,
        "workspace_id": workspace_id,
        "job_id": job_id,
    }
    try:
        found = personal_data(runtime=runtime, workspace_id=workspace_id, contact_id=contact_id)
    except NotFoundError:
        jobs.fail(**here, error="The contact is gone.")
        return
    now = runtime.clock.now()
    key = f"{exports_of(workspace_id, contact_id)}{job_id}.zip"
    runtime.files.put(
        key, archive(found, at=now), content_type="application/zip", file_name=f"clientela-{contact_id}.zip"
    )
    jobs.finish(**here, result={"file_key": key, "kinds": {name: len(shown) for name, shown in found.items()}})


def order_erasure(*, runtime: Runtime, workspace_id: str, contact_id: str, job_id: str, actor: str) -> Job:
    """Have a person erased. From here on nothing finds the contact; the rest follows from the queue. Ordered again while it is
    under way, it is the same job. `NotFoundError` without such a contact.
    """
    table, clock = runtime.table, runtime.clock
    for attempt in range(_ATTEMPTS):
        known = store.read(table, workspace_id, contact_id) if is_id(contact_id) else None
        if known is not None:
            runtime.queues.publish("jobs", [_next(known, runtime)])
            return jobs.get_job(table=table, clock=clock, workspace_id=workspace_id, job_id=known.job_id)
        contact = _person(runtime, workspace_id, contact_id)
        now = clock.now()
        images = [image for each in contact.all_ids if (image := table.image(contacts.place(workspace_id, each)))]
        if not images or contacts.contact_in(images[0]).version != contact.version:
            continue
        erasure = Erasure(workspace_id, contact_id, job_id, actor, images, now, now)
        job = jobs.creation(
            clock=clock,
            workspace_id=workspace_id,
            job_id=job_id,
            kind="erasure",
            total=_total(runtime),
            permission=PERMISSION,
            created_by=actor,
        )
        gone = contact.edited(at=now, by=audit.ERASURE, deleted_at=contact.deleted_at or now, deleted_by=actor)
        given_up = claims.changes(
            workspace_id=workspace_id, holder_id=contact.id, had=_held(contact), has=set(), now=now
        )
        operations = [
            contacts.replace_operation(gone),
            store.create(erasure),
            job,
            *(operation for _, operation in given_up),
        ]
        try:
            table.transact(operations)
        except TransactionConflictError:
            contacts.pause(attempt)
        else:
            runtime.queues.publish("jobs", [_next(erasure, runtime)])
            return jobs.get_job(table=table, clock=clock, workspace_id=workspace_id, job_id=job_id)
    raise UnavailableError("The contact keeps being changed by others.")


def erase(*, runtime: Runtime, workspace_id: str, contact_id: str, lap: int, step: int) -> None:
    """Go on with an erasure, for a while; what is left is ordered again. An order for a place that was passed does nothing, unless
    nobody has gone on from there: then whoever passed it died before giving the next order.
    """
    erasure = store.read(runtime.table, workspace_id, contact_id)
    if erasure is None:
        return
    passed = (erasure.lap, erasure.step) != (lap, step)
    if passed and runtime.clock.now() - erasure.moved_at < _ABANDONED:
        return
    people = [contacts.contact_in(image) for image in erasure.images]
    contact, addresses = people[0], _addresses(people)
    features, began = _features(runtime), time.monotonic()
    while erasure.lap < LAPS:
        names = features_of(erasure.lap, list(features))
        for position in range(erasure.step, len(names)):
            count = sum(
                features[names[position]].erase(runtime, workspace_id, each, addresses) for each in _each(people)
            )
            counts = {**(erasure.counts or {})}
            counts[names[position]] = counts.get(names[position], 0) + count
            moved = _moved(runtime, erasure, erasure.lap, position + 1, counts)
            if moved is None:
                return  # another delivery of the order has gone on
            erasure = moved
            if time.monotonic() - began > _SECONDS:
                runtime.queues.publish("jobs", [_next(erasure, runtime)])
                return
        moved = _moved(runtime, erasure, erasure.lap + 1, 0, erasure.counts or {})
        if moved is None:
            return
        erasure = moved
        if erasure.lap < LAPS:
            runtime.queues.publish("jobs", [_next(erasure, runtime)], delay=PAUSE)
            return
    _finish(runtime, erasure, contact)


def sweep(*, runtime: Runtime, workspace_id: str, contact_ids: list[str]) -> None:
    """One last look, by ids alone, at what was still under way when the erasure was done."""
    now = runtime.clock.now()
    nobody = Contact(workspace_id, contact_ids[0], now, now, merged_ids=tuple(contact_ids[1:]))
    for feature in _features(runtime).values():
        feature.erase(runtime, workspace_id, nobody, frozenset())


def _finish(runtime: Runtime, erasure: Erasure, contact: Contact) -> None:
    table, now, workspace_id = runtime.table, runtime.clock.now(), erasure.workspace_id
    line = audit.audit_entry(
        workspace_id=workspace_id,
        id=derived_id(erasure.ordered_at, "erased", contact.id, erasure.job_id),
        at=erasure.ordered_at,
        actor=erasure.actor,
        action="contact.erased",
        subject_id=contact.id,
        after={"job_id": erasure.job_id},
    )
    table.put(line)
    runtime.queues.publish("jobs", [events.sweep(workspace_id, contact.all_ids, at=now)], delay=SWEPT)
    jobs.finish(
        table=table,
        clock=runtime.clock,
        workspace_id=workspace_id,
        job_id=erasure.job_id,
        result={"contact_id": contact.id, "erased": dict(erasure.counts or {})},
    )
    store.delete(table, erasure)


def _moved(
    runtime: Runtime,
    erasure: Erasure,
    lap: int,
    step: int,
    counts: Mapping[str, int],
) -> Erasure | None:
    if not store.move(runtime.table, erasure, lap=lap, step=step, counts=counts, now=runtime.clock.now()):
        return None
    done = sum(len(features_of(each, list(_features(runtime)))) for each in range(lap)) + step
    jobs.progress(
        table=runtime.table,
        clock=runtime.clock,
        workspace_id=erasure.workspace_id,
        job_id=erasure.job_id,
        done=done,
    )
    return replace(erasure, lap=lap, step=step, counts=counts, moved_at=runtime.clock.now())


def _total(runtime: Runtime) -> int:
    return sum(len(features_of(each, list(_features(runtime)))) for each in range(LAPS))


def _next(erasure: Erasure, runtime: Runtime) -> events.Envelope:
    now = runtime.clock.now()
    return events.erase(erasure.workspace_id, erasure.contact_id, at=now, lap=erasure.lap, step=erasure.step)


def _features(runtime: Runtime) -> Mapping[str, PersonalData]:
    return runtime.parts("erase")


def _each(people: list[Contact]) -> list[Contact]:
    """The survivor with all of its ids, and each that was merged into it with its own name and words."""
    return [people[0], *(replace(each, merged_ids=()) for each in people[1:])]


def _person(runtime: Runtime, workspace_id: str, contact_id: str) -> Contact:
    here: dict[str, Any] = {"table": runtime.table, "workspace_id": workspace_id, "contact_id": contact_id}
    found = contacts.get_contact(**here, consistent=True, gone=True)
    return found if not found.merged_into else contacts.get_contact(**here)  # which says who it was merged into


def _with_merged(runtime: Runtime, workspace_id: str, contact: Contact) -> list[Contact]:
    found = contacts.get_contacts(
        table=runtime.table, workspace_id=workspace_id, contact_ids=contact.merged_ids, gone=True
    )
    return [contact, *found.values()]


def _addresses(people: list[Contact]) -> frozenset[str]:
    return frozenset(claim.value for each in people for claim in each.claims)


def _held(contact: Contact) -> set[Any]:
    """What a contact has claimed: nothing, once it is in the bin."""
    return set() if contact.gone else set(contact.claims)
