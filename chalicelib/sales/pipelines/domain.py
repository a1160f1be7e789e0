"""What a pipeline is: the stages that a deal goes through."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.foundation.errors import InvalidError

STAGES_LIMIT = 20


@dataclass(frozen=True, slots=True)
class Stage:
    """One step; ``probability`` is the chance, in percent, that a deal in it will be won."""

    id: str
    name: str
    probability: int


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The path of a deal, from its first stage to its last."""

    workspace_id: str
    id: str
    name: str
    stages: tuple[Stage, ...]
    created_at: datetime
    updated_at: datetime
    version: int = 1
    changed_by: str = ""

    def stage(self, stage_id: str) -> Stage:
        """The stage with this id; `InvalidError` names ``stage_id`` when there is none."""
        for stage in self.stages:
            if stage.id == stage_id:
                return stage
        raise InvalidError("The pipeline has no such stage.", field="stage_id", code="unknown")


DEFAULT_STAGES = {
    "es": (
        ("contacto", "Primer contacto", 10),
        ("necesidades", "Necesidades", 25),
        ("propuesta", "Propuesta", 50),
        ("negociacion", "Negociación", 75),
        ("acuerdo", "Acuerdo verbal", 90),
    ),
    "en": (
        ("contacted", "Contacted", 10),
        ("needs", "Needs understood", 25),
        ("proposal", "Proposal", 50),
        ("negotiation", "Negotiation", 75),
        ("agreed", "Agreed", 90),
    ),
}
DEFAULT_NAMES = {"es": "Ventas", "en": "Sales"}


def check_stages(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """The same stages; `InvalidError` when there are none, too many, or two of the same id."""
    if not 1 <= len(stages) <= STAGES_LIMIT:
        raise InvalidError(f"A pipeline has 1 to {STAGES_LIMIT} stages.", field="stages", code="count")
    if len({stage.id for stage in stages}) != len(stages):
        raise InvalidError("Each stage has an id of its own.", field="stages", code="repeated")
    if any(not 0 <= stage.probability <= 100 for stage in stages):
        raise InvalidError("A probability is between 0 and 100.", field="stages", code="probability")
    return stages
