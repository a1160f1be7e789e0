"""Pipelines as the API shows and takes them."""

from typing import Annotated, Self

from pydantic import Field

from chalicelib.foundation.http import Schema
from chalicelib.sales.pipelines.domain import Pipeline

StageId = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9_-]+$")]


class StageIn(Schema):
    """A stage; the probability is in percent."""

    id: StageId
    name: Annotated[str, Field(min_length=1, max_length=100)]
    probability: Annotated[int, Field(ge=0, le=100)]


class PipelineIn(Schema):
    """A new pipeline."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    stages: Annotated[list[StageIn], Field(min_length=1, max_length=20)]


class PipelineOut(Schema):
    """A pipeline with its stages in order."""

    id: str
    name: str
    stages: list[StageIn]
    version: int

    @classmethod
    def of(cls, pipeline: Pipeline) -> Self:
        """The pipeline as shown."""
        stages = [
            StageIn.model_construct(id=stage.id, name=stage.name, probability=stage.probability)
            for stage in pipeline.stages
        ]
        return cls(id=pipeline.id, name=pipeline.name, stages=stages, version=pipeline.version)
