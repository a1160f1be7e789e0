"""What follows from a submission: its contact's timeline, the numbers, and the fact that gives points."""

from chalicelib.customers.timeline.service import entry
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change
from chalicelib.marketing.forms import store
from chalicelib.marketing.forms.domain import Submission, SubmissionState
from chalicelib.marketing.forms.records import AcceptedRecord, FormRecord, SubmissionRecord, form_record_key
from chalicelib.workspaces.audit.service import audited
from chalicelib.workspaces.settings import service as settings


def counts(change: Change, into: Derivation) -> None:
    """How many posts were accepted and put into quarantine: per day for reports, and per form as it stands."""
    if type(change.old) is type(change.new):
        return
    workspace = settings.get_workspace(table=into.table, workspace_id=change.record.workspace_id)
    for record, amount in ((change.old, -1), (change.new, 1)):
        if not isinstance(record, SubmissionRecord):
            continue
        if change.new is None and isinstance(record, AcceptedRecord):
            continue  # its time is over; it was accepted all the same
        state = SubmissionState.ACCEPTED if isinstance(record, AcceptedRecord) else SubmissionState.QUARANTINED
        into.count(change, store.metric_name(record.form_key), "all", state.value, amount)
        if amount > 0:
            day = settings.local_day(workspace, record.released_at or record.created_at)
            into.count(change, f"submissions.{state.value}", day, record.form_key)


def accepted(change: Change, into: Derivation) -> None:
    """A post that was accepted, at once or out of quarantine."""
    record = change.new
    if not isinstance(record, AcceptedRecord) or isinstance(change.old, AcceptedRecord):
        return
    submission = store.to_submission(record)
    into.fact("scoring", _fact(submission, change.id))
    form = into.current(FormRecord, form_record_key(record.workspace_id, record.form_key))
    into.put(
        entry(
            workspace_id=submission.workspace_id,
            contact_id=submission.contact_id,
            at=submission.at,
            kind="form_submitted",
            id=submission.id,
            data={
                "form_id": submission.form_key,
                "form_name": form.name if form else "",
                "submission_id": submission.id,
                "lead_id": submission.lead_id,
                "values": dict(submission.values),
                "page": submission.page.url,
            },
        )
    )


def _fact(submission: Submission, cause: str) -> Envelope:
    return Envelope(
        id=f"form.submitted:{submission.id}",
        type="form.submitted",
        workspace_id=submission.workspace_id,
        at=submission.at,
        data={
            "contact_id": submission.contact_id,
            "form_id": submission.form_key,
            "lead_id": submission.lead_id,
            "submission_id": submission.id,
        },
        cause=cause,
    )


_AUDITED = (
    "name",
    "state",
    "language",
    "fields",
    "consents",
    "title",
    "submit_label",
    "thank_you",
    "redirect_url",
    "source",
    "tags",
    "throttle_per_minute",
)


def _subject(record: FormRecord) -> str:
    return record.form_key


PROJECTIONS: dict[str, list[Projection]] = {
    "submission": [counts, accepted],
    "quarantined_submission": [counts],
    "form": [audited("form", fields=_AUDITED, subject=_subject)],
}
