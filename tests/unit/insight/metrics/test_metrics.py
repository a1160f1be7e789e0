from datetime import date
from types import SimpleNamespace

import pytest

from chalicelib.insight.metrics.domain import DailyValue, by_day, by_dimension
from chalicelib.insight.metrics.projections import count_scores


def contact(grade, fit=0, engagement=0):
    return SimpleNamespace(grade=grade, score_fit=fit, score_engagement=engagement)


class Counts:
    def __init__(self):
        self.seen = {}

    def count(self, change, metric, day, dimension, amount):
        self.seen[str(metric), day, dimension] = amount


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (None, contact(None), {}),
        (None, contact("B2", 10, 5), {"contacts": 1, "points": 15}),
        (contact("B2", 10, 5), contact("A1", 30, 25), {"points": 40}),
        (contact("B2", 10, 5), contact("B2", 10, 5), {}),
        (contact("B2", 10, 5), contact(None), {"contacts": -1, "points": -15}),
        (contact("B2", None, 5), None, {"contacts": -1, "points": -5}),
    ],
)
def test_scores_are_counted_from_the_first_grade_on(old, new, expected):
    counts = Counts()
    count_scores(SimpleNamespace(old=old, new=new), counts)
    assert counts.seen == {("scores", "now", dimension): amount for dimension, amount in expected.items()}


def test_sums():
    values = [
        DailyValue(date(2026, 11, 9), "google", 2),
        DailyValue(date(2026, 11, 9), "x", 1),
        DailyValue(date(2026, 11, 10), "x", -1),
    ]
    assert by_dimension(values) == {"google": 2}
    assert by_day(values) == {date(2026, 11, 9): 3, date(2026, 11, 10): -1}
