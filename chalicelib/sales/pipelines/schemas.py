"""Pipelines as the API shows and takes them."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field

from chalicelib.customers.schemas import Name
from chalicelib.foundation.http import Schema, Versioned
from chalicelib.foundation.http.schemas import Instant
from chalicelib.sales.pipelines.domain import Pipeline, Stage
from chalicelib.sales.schemas import Currency

StageId = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9_-]+$")]
Category = Literal["pipeline", "best_case", "commit", "omitted"]
Title = Annotated[Name, Field(min_length=1)]
Probability = Annotated[int, Field(ge=0, le=100, description="In percent.")]


class StageIn(Schema):
    """A stage. ``required_fields`` are fields that a deal needs to come into it (``custom.<key>`` for one of the workspace's own);
    ``rotting_days`` after how many days without an activity a deal is shown as rotting; ``forecast`` what its deals count as
    (from the probability, if left out).
    """

    id: StageId
    name: Title
    probability: Probability
    required_fields: Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=30)] = []
    rotting_days: Annotated[int | None, Field(ge=1, le=3650)] = None
    forecast: Category | None = None

    def stage(self) -> Stage:
        """The stage of the domain."""
        return Stage(
            self.id,
            self.name,
            self.probability,
            tuple(dict.fromkeys(self.required_fields)),
            self.rotting_days or 0,
            self.forecast or "",
        )


class StageOut(Schema):
    """A stage."""

    id: str
    name: str
    probability: int
    required_fields: list[str]
    rotting_days: int | None
    forecast: Category

    @classmethod
    def of(cls, stage: Stage) -> Self:
        """The stage as shown."""
        return cls(
            id=stage.id,
            name=stage.name,
            probability=stage.probability,
            required_fields=list(stage.required_fields),
            rotting_days=stage.rotting_days or None,
            forecast=stage.category.value,
        )


class PipelineFields(Schema):
    """What people say of a pipeline. In a change, what is left out stays."""

    name: Title | None = None
    stages: Annotated[list[StageIn], Field(min_length=1, max_length=20)] | None = None
    lost_reasons: Annotated[list[Name], Field(max_length=50)] | None = None
    currency: Annotated[Currency | None, Field(description="What new deals are in; null: the workspace's.")] = None
    position: Annotated[int, Field(ge=0, le=10_000)] | None = None

    def values(self) -> dict[str, Any]:
        """What was said, by the names of the domain."""
        said = self.model_dump(exclude_unset=True, exclude={"stages", "version"})
        if self.stages is not None:
            said["stages"] = [stage.stage() for stage in self.stages]
        if "currency" in said:
            said["currency"] = said["currency"] or ""
        return {name: value for name, value in said.items() if value is not None}


class PipelineIn(PipelineFields):
    """A new pipeline."""

    name: Title
    stages: Annotated[list[StageIn], Field(min_length=1, max_length=20)]


class PipelineChange(Versioned, PipelineFields):
    """A change of a pipeline. A stage that is left out of ``stages`` is removed; ``move_to`` says to which stage its open deals go."""

    archived: bool | None = None
    move_to: Annotated[dict[StageId, StageId], Field(max_length=20)] | None = None


class PipelineOut(Schema):
    """A pipeline with its stages in order."""

    id: str
    name: str
    stages: list[StageOut]
    lost_reasons: list[str]
    currency: str | None
    position: int
    archived: bool
    created_at: Instant
    updated_at: Instant
    version: int

    @classmethod
    def of(cls, pipeline: Pipeline) -> Self:
        """The pipeline as shown."""
        return cls(
            id=pipeline.id,
            name=pipeline.name,
            stages=[StageOut.of(stage) for stage in pipeline.stages],
            lost_reasons=list(pipeline.lost_reasons),
            currency=pipeline.currency or None,
            position=pipeline.position,
            archived=pipeline.archived,
            created_at=pipeline.created_at,
            updated_at=pipeline.updated_at,
            version=pipeline.version,
        )
