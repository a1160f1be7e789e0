"""Scoring rules as the API shows and takes them."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field

from chalicelib.foundation.http import Schema, Versioned
from chalicelib.marketing.scoring.domain import POINTS_LIMIT, RULES_LIMIT, Grades, Rule, Ruleset

Threshold = Annotated[int, Field(ge=-POINTS_LIMIT, le=POINTS_LIMIT)]


class RuleModel(Schema):
    """One reason for points."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    dimension: Literal["fit", "engagement"]
    when: Annotated[
        dict[str, Any],
        Field(
            description="Fit: a condition as in segments. Engagement: event, with an optional form_id or campaign_id."
        ),
    ]
    points: Annotated[int, Field(ge=-POINTS_LIMIT, le=POINTS_LIMIT)]
    enabled: bool = True
    cap: Annotated[int, Field(ge=0, le=10_000, description="The most it gives in 30 days; 0 for no cap.")] = 0


class FitGrades(Schema):
    """From how many points of fit on the letter is reached; below B it is C."""

    A: Threshold
    B: Threshold


class EngagementGrades(Schema):
    """From how many points of engagement on the digit is reached; below 2 it is 3."""

    one: Annotated[Threshold, Field(alias="1")]
    two: Annotated[Threshold, Field(alias="2")]


class GradesModel(Schema):
    """The grid from A1 to C3."""

    fit: FitGrades
    engagement: EngagementGrades


class RulesOut(Schema):
    """A workspace's rules."""

    rules: list[RuleModel]
    grades: GradesModel
    half_life_days: int
    version: int

    @classmethod
    def of(cls, ruleset: Ruleset) -> Self:
        """The rules as shown."""
        grades = ruleset.grades
        return cls(
            rules=[RuleModel.model_validate(rule, from_attributes=True) for rule in ruleset.rules],
            grades=GradesModel(
                fit=FitGrades(A=grades.a, B=grades.b), engagement=EngagementGrades(one=grades.one, two=grades.two)
            ),
            half_life_days=ruleset.half_life,
            version=ruleset.version,
        )


class RulesIn(Versioned):
    """Rules to stand instead of the present ones."""

    rules: Annotated[list[RuleModel], Field(max_length=RULES_LIMIT)]
    grades: GradesModel
    half_life_days: Annotated[int, Field(ge=1, le=3650)] = 30

    def ruleset(self) -> Ruleset:
        """The rules as the domain has them."""
        fit, engagement = self.grades.fit, self.grades.engagement
        return Ruleset(
            rules=tuple(Rule(**rule.model_dump()) for rule in self.rules),
            grades=Grades(fit.A, fit.B, engagement.one, engagement.two),
            half_life=self.half_life_days,
            version=self.version,
        )
