"""What a pipeline is: the stages that a deal goes through."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.foundation.errors import ConflictError, FieldError, InvalidError

STAGES_LIMIT = 20
LOST_REASONS_LIMIT = 50
REQUIRABLE = ("amount", "contact_id", "company_id", "owner_id", "expected_close", "description", "lines")
"""The fields that a stage can ask for; ``custom.<key>`` names one of the workspace's own."""
_CUSTOM = re.compile(r"custom\.[a-z0-9_]{1,60}\Z")


class Forecast(StrEnum):
    """What a stage's deals count as in the forecast."""

    PIPELINE = "pipeline"
    BEST_CASE = "best_case"
    COMMIT = "commit"
    OMITTED = "omitted"


@dataclass(frozen=True, slots=True)
class Stage:
    """One step; ``probability`` is the chance, in percent, that a deal in it will be won.

    A deal comes into it only with all of its ``required_fields``. It rots there after ``rotting_days`` without an activity
    (0: never). ``forecast`` is one of `Forecast`; empty, it follows from the probability.
    """

    id: str
    name: str
    probability: int
    required_fields: tuple[str, ...] = ()
    rotting_days: int = 0
    forecast: str = ""

    @property
    def category(self) -> Forecast:
        """What its deals count as: what was said, or else commit from 90 % on, best case from 50 % on."""
        if self.forecast:
            return Forecast(self.forecast)
        if self.probability >= 90:
            return Forecast.COMMIT
        return Forecast.BEST_CASE if self.probability >= 50 else Forecast.PIPELINE


@dataclass(frozen=True, slots=True)
class Removed:
    """A stage that is no more. Deals that were closed in it still name it; open ones are being moved to the stage ``to``,
    and count as being there until that is ``done``.
    """

    name: str
    to: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The path of a deal, from its first stage to its last. ``currency`` is what new deals are in, or empty for the
    workspace's. An ``archived`` one takes no new deals; a deleted one has ``deleted_at`` and is kept for what was won in it.
    """

    workspace_id: str
    id: str
    name: str
    stages: tuple[Stage, ...]
    created_at: datetime
    updated_at: datetime
    version: int = 1
    changed_by: str = ""
    lost_reasons: tuple[str, ...] = ()
    currency: str = ""
    position: int = 0
    archived: bool = False
    removed: Mapping[str, Removed] = field(default_factory=dict)
    deleted_at: datetime | None = None

    def stage(self, stage_id: str) -> Stage:
        """The stage with this id, or the one that its deals went to when it was removed; `InvalidError` names ``stage_id``
        when there is none.
        """
        found = self.find(stage_id)
        if found is None:
            raise InvalidError("The pipeline has no such stage.", field="stage_id", code="unknown")
        return found

    def find(self, stage_id: str) -> Stage | None:
        """The stage with this id, or the one in its place now; None when there never was one."""
        for _ in range(len(self.removed) + 1):
            for stage in self.stages:
                if stage.id == stage_id:
                    return stage
            if stage_id not in self.removed:
                break
            stage_id = self.removed[stage_id].to
        return None

    def standing_for(self, stage_id: str) -> list[str]:
        """The ids under which the open deals of a stage are found: its own, and removed ones that are still being emptied."""
        emptied = [each for each, gone in self.removed.items() if not gone.done]
        return [stage_id, *(each for each in emptied if (found := self.find(each)) and found.id == stage_id)]

    def forward(self, from_id: str, to_id: str) -> bool | None:
        """Whether going from one stage to the other leads on; None when one of them is not in the pipeline any more."""
        order = [stage.id for stage in self.stages]
        if from_id not in order or to_id not in order:
            return None
        return order.index(to_id) > order.index(from_id)


class StageInUseError(ConflictError):
    """A stage cannot be removed, or a pipeline deleted, because of the deals that are in it."""


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
DEFAULT_LOST_REASONS = {
    "es": ("Precio", "Sin presupuesto", "Eligió a otro proveedor", "Sin respuesta", "No es el momento"),
    "en": ("Price", "No budget", "Chose a competitor", "No answer", "Bad timing"),
}


def check_stages(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """The same stages; `InvalidError` when there are none, too many, two of the same id, or one that asks for a field there is
    not.
    """
    if not 1 <= len(stages) <= STAGES_LIMIT:
        raise InvalidError(f"A pipeline has 1 to {STAGES_LIMIT} stages.", field="stages", code="count")
    if len({stage.id for stage in stages}) != len(stages):
        raise InvalidError("Each stage has an id of its own.", field="stages", code="repeated")
    if any(not 0 <= stage.probability <= 100 for stage in stages):
        raise InvalidError("A probability is between 0 and 100.", field="stages", code="probability")
    wrong = [
        FieldError(f"stages.{number}.required_fields.{place}", "A deal has no such field.", "unknown")
        for number, stage in enumerate(stages)
        for place, name in enumerate(stage.required_fields)
        if name not in REQUIRABLE and not _CUSTOM.match(name)
    ]
    if wrong:
        raise InvalidError(fields=wrong)
    return stages


def check_lost_reasons(reasons: Sequence[str]) -> tuple[str, ...]:
    """The reasons, each once, in their order; `InvalidError` names ``lost_reasons`` when they are too many."""
    cleaned = tuple(dict.fromkeys(" ".join(reason.split()) for reason in reasons if reason.strip()))
    if len(cleaned) > LOST_REASONS_LIMIT:
        raise InvalidError(f"At most {LOST_REASONS_LIMIT}.", field="lost_reasons", code="too_many")
    return cleaned


def with_stages(
    pipeline: Pipeline, stages: tuple[Stage, ...], move_to: Mapping[str, str]
) -> tuple[Pipeline, list[str]]:
    """The pipeline with other stages, and the ids of those that are gone. Each of these gets the stage that takes its deals:
    the one ``move_to`` names, or else its nearest neighbour that stays. `InvalidError` names ``move_to`` when it names what
    is not.
    """
    staying = {stage.id for stage in check_stages(stages)}
    present = [stage.id for stage in pipeline.stages]
    gone = [stage for stage in pipeline.stages if stage.id not in staying]
    for source, target in move_to.items():
        if source in staying or source not in present:
            raise InvalidError("No such stage is being removed.", field=f"move_to.{source}", code="unknown")
        if target not in staying:
            raise InvalidError("The pipeline has no such stage.", field=f"move_to.{source}", code="unknown")
    removed = {each: kept for each, kept in pipeline.removed.items() if each not in staying}
    for stage in gone:
        place = present.index(stage.id)
        neighbours = [*reversed(present[:place]), *present[place + 1 :], stages[0].id]
        nearest = next(each for each in neighbours if each in staying)
        removed[stage.id] = Removed(stage.name, move_to.get(stage.id, nearest))
    return replace(pipeline, stages=stages, removed=removed), [stage.id for stage in gone]
