"""What the insight wing counts itself of the stream: the sum and the number of present scores, for their average."""

from typing import Any

from chalicelib.foundation.projection import Derivation
from chalicelib.foundation.table import Change
from chalicelib.insight.metrics.domain import NOW, Metric

CONTACTS, POINTS = "contacts", "points"


def count_scores(change: Change, into: Derivation) -> None:
    """A contact counts from its first grade on, with the total of both dimensions."""
    before, after = _total(change.old), _total(change.new)
    contacts = (after is not None) - (before is not None)
    points = (after or 0) - (before or 0)
    if contacts:
        into.count(change, Metric.SCORES, NOW, CONTACTS, contacts)
    if points:
        into.count(change, Metric.SCORES, NOW, POINTS, points)


def _total(contact: Any) -> int | None:
    """The total score of a contact's image; None before its first grade and where there is no contact."""
    if contact is None or not getattr(contact, "grade", None):
        return None
    return int(contact.score_fit or 0) + int(contact.score_engagement or 0)


PROJECTIONS = {"contact": [count_scores]}
