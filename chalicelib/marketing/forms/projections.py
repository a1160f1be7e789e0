"""What follows from a submission: its contact's timeline, the numbers, and the fact that gives points."""

from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.projection import Derivation
from chalicelib.foundation.table import Change
from chalicelib.marketing.forms import store
from chalicelib.marketing.forms.domain import Submission, SubmissionState
from chalicelib.marketing.forms.records import AcceptedRecord, SubmissionRecord
from chalicelib.workspaces.settings import service as settings


def counts(change: Change, into: Derivation) -> None:
    """How many posts were accepted and put into quarantine: per day for reports, and per form as it stands."""
    if type(change.old) is type(change.new):
        return
    workspace = settings.get_workspace(table=into.table, workspace_id=change.record.workspace_id)
    for record, amount in ((change.old, -1), (change.new, 1)):
        if not isinstance(record, SubmissionRecord):
            continue
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


PROJECTIONS = {"submission": [counts, accepted], "quarantined_submission": [counts]}
