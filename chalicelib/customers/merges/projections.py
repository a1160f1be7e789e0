"""What follows from a merge, and from taking it back."""

from chalicelib.customers.merges import service
from chalicelib.customers.merges.events import followed
from chalicelib.customers.merges.records import MergeRecord
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change
from chalicelib.workspaces.audit.service import audited


def order(change: Change, into: Derivation) -> None:
    """The order to bring what cannot be read under both ids."""
    if change.new is None:
        return
    merge = service.merge_of(change.new)
    if change.old is None or service.merge_of(change.old).state is not merge.state:
        into.fact("jobs", followed(merge, cause=change.id))


def _subject(record: MergeRecord) -> str:
    return record.merge_id


PROJECTIONS: dict[str, list[Projection]] = {
    "merge": [order, audited("merge", fields=("survivor_id", "other_id", "state"), subject=_subject)]
}
