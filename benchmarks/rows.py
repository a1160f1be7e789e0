"""What a benchmark says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: CPU milliseconds of our process and their goal, capacity units where they were measured."""

    name: str
    cpu_ms: float
    goal_ms: float | None = None
    reads: float | None = None
    writes: float | None = None
    note: str = ""

    def line(self) -> str:
        """The row as Markdown."""
        goal = f"≤ {self.goal_ms:g} ms" if self.goal_ms is not None else "–"
        spent = [(self.reads, "RCU"), (self.writes, "WCU")]
        units = " + ".join(f"{number:g} {unit}" for number, unit in spent if number is not None)
        kept = "" if self.goal_ms is None else (" ✓" if self.cpu_ms <= self.goal_ms else " ✗")
        return f"| {self.name} | {self.cpu_ms:.3f} ms{kept} | {goal} | {units or '–'} | {self.note} |"
