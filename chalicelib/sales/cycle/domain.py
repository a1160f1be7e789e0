"""What the sales cycle is. Pure.

Counted are the steps that deals took in a period, whoever took them: a deal that leaves a stage is counted in the month in which it
leaves. A stage's conversion is how many of those that left it for good (went on, were won, or were lost) went on; going back is
no end. Lengths are counted to two digits (`chalicelib.sales.rollups.days_bucket`), so that a median is right to a twentieth; averages
are of seconds.
"""

from dataclasses import dataclass, field

from chalicelib.sales.rollups import median

_DAY = 86400


@dataclass(slots=True)
class Stay:
    """How deals fared in one stage (or, of the won ones, on their whole way)."""

    entered: int = 0
    forward: int = 0
    back: int = 0
    lost: int = 0
    seconds: int = 0
    lengths: dict[str, int] = field(default_factory=dict)

    def count(self, what: str, more: int) -> None:
        """Take in a sum of `chalicelib.sales.rollups.cycle_metric`."""
        match what:
            case "in":
                self.entered += more
            case "on":
                self.forward += more
            case "back":
                self.back += more
            case "lost":
                self.lost += more
            case "s":
                self.seconds += more
            case _:
                days = what.removeprefix("d")
                self.lengths[days] = self.lengths.get(days, 0) + more

    @property
    def conversion_percent(self) -> float | None:
        """How many of a hundred that left for good went on; None when none did."""
        ended = self.forward + self.lost
        return round(100 * self.forward / ended, 1) if ended else None

    @property
    def average_days(self) -> float | None:
        """The average length; None of none."""
        left = sum(self.lengths.values())
        return round(self.seconds / left / _DAY, 2) if left else None

    @property
    def median_days(self) -> float | None:
        """The median length; None of none."""
        found = median(self.lengths)
        return None if found is None else float(round(found, 2))


@dataclass(frozen=True, slots=True)
class Cycle:
    """How deals fared by stage, in the pipeline's order, and the won ones on their whole way."""

    stages: dict[str, Stay]
    won: Stay
