"""From values to pixels."""

import math


def nice_ceiling(highest: int) -> int:
    """The smallest round number that reaches ``highest`` and splits into a few whole parts; at least 4.

    A week whose best day had one lead must not fill the chart.
    """
    if highest <= 4:
        return 4
    power: int = 10 ** math.floor(math.log10(highest))
    for tenths in (10, 12, 16, 20, 24, 30, 40, 50, 60, 80, 100):
        candidate = math.ceil(tenths * power / 10)
        if candidate >= highest:
            return candidate
    return 10 * power  # pragma: no cover - 100 tenths of the power already reach it


def ticks(ceiling: int) -> tuple[int, ...]:
    """Whole-numbered grid lines from 0 to ``ceiling``: quarters, thirds, fifths or halves, whichever are whole."""
    parts = next((parts for parts in (4, 3, 5, 2) if ceiling % parts == 0), 1)
    return tuple(ceiling * part // parts for part in range(parts + 1))
