"""Assignment rules and response targets as the API shows and takes them."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.customers.assignment.domain import (
    CONDITIONS_LIMIT,
    HOLIDAYS_LIMIT,
    HOURS_LIMIT,
    MEMBERS_LIMIT,
    MINUTES_LIMIT,
    RULES_LIMIT,
    AssignmentRule,
    AssignmentRules,
    ResponseTarget,
    RuleCondition,
    Strategy,
    WorkingHours,
)
from chalicelib.customers.schemas import Name, Reference, ShortText
from chalicelib.foundation.http import Schema

RuleId = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
ConditionText = Annotated[ShortText, Field(max_length=120)]
Scalar = bool | int | float | ConditionText
Clock = Annotated[
    str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", description="09:00; 24:00 is the day's end.")
]
_VALUELESS = ("empty", "present")


class RuleConditionIn(Schema):
    """What must be so of a lead. ``field`` is ``source``, ``medium``, ``campaign``, ``form_id``, ``country``, ``language``, ``company`` or
    ``custom.<key>``; ``in`` takes a list, ``empty`` and ``present`` take no value.
    """

    field: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z][a-z0-9_.]*$")]
    op: Literal["is", "not", "in", "begins", "empty", "present", "at_least", "at_most"] = "is"
    value: Scalar | Annotated[list[Scalar], Field(max_length=50)] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.value is None) != (self.op in _VALUELESS):
            raise PydanticCustomError("value", "This comparison takes a value, or takes none.")
        if isinstance(self.value, list) != (self.op == "in"):
            raise PydanticCustomError("value", "Only “in” takes a list.")
        return self

    def condition(self) -> RuleCondition:
        """The condition, for the domain."""
        return RuleCondition(self.field, self.op, self.value)


class AssignmentRuleIn(Schema):
    """A rule: leads for which all of ``when`` holds go to ``members``, one after the other, to whoever has the fewest open leads, or
    (``fixed``) to the first of them who can have leads. ``id`` keeps a rule's turn from one save to the next; without one, the rule is new.
    """

    id: RuleId | None = None
    name: Annotated[Name, Field(min_length=1)]
    enabled: bool = True
    when: Annotated[list[RuleConditionIn], Field(max_length=CONDITIONS_LIMIT)] = []
    strategy: Literal["round_robin", "least_loaded", "fixed"] = "round_robin"
    members: Annotated[list[Reference], Field(min_length=1, max_length=MEMBERS_LIMIT)]

    def rule(self, new_id: Callable[[], str]) -> AssignmentRule:
        """The rule, for the domain; each member once."""
        return AssignmentRule(
            id=self.id or new_id(),
            name=self.name,
            enabled=self.enabled,
            when=tuple(each.condition() for each in self.when),
            strategy=Strategy(self.strategy),
            members=tuple(dict.fromkeys(self.members)),
        )


class AssignmentRuleOut(AssignmentRuleIn):
    """A rule that is kept."""

    id: RuleId

    @classmethod
    def of(cls, rule: AssignmentRule) -> Self:
        """The rule as shown."""
        return cls.model_construct(
            id=rule.id,
            name=rule.name,
            enabled=rule.enabled,
            when=[RuleConditionIn.model_construct(field=e.field, op=e.op, value=e.value) for e in rule.when],
            strategy=rule.strategy.value,
            members=list(rule.members),
        )


class AssignmentRulesIn(Schema):
    """The rules that a workspace shall have, in place of those of ``version`` (0 when it had none)."""

    rules: Annotated[list[AssignmentRuleIn], Field(max_length=RULES_LIMIT)]
    version: Annotated[int, Field(ge=0)]

    def wanted(self, new_id: Callable[[], str]) -> AssignmentRules:
        """The rules, for the domain."""
        return AssignmentRules(tuple(each.rule(new_id) for each in self.rules), self.version)


class AssignmentRulesOut(Schema):
    """A workspace's rules: the first that fits a new lead decides whose it is."""

    rules: list[AssignmentRuleOut]
    version: int

    @classmethod
    def of(cls, rules: AssignmentRules) -> Self:
        """The rules as shown."""
        return cls.model_construct(rules=[AssignmentRuleOut.of(rule) for rule in rules.rules], version=rules.version)


class WorkingHoursIn(Schema):
    """From when until when somebody works on a weekday (1 is Monday), by the workspace's clock."""

    weekday: Annotated[int, Field(ge=1, le=7)]
    start: Annotated[Clock, Field(alias="from")]
    end: Annotated[Clock, Field(alias="to")]

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.start >= self.end:
            raise PydanticCustomError("backwards", "Working hours end after they begin.")
        return self


class ResponseTargetIn(Schema):
    """Within how many minutes of working time new leads are to be answered, in place of the target of ``version`` (0 when there was
    none). Without working hours, every hour is one.
    """

    minutes: Annotated[int, Field(ge=1, le=MINUTES_LIMIT)]
    enabled: bool
    working_hours: Annotated[list[WorkingHoursIn], Field(max_length=HOURS_LIMIT)] = []
    holidays: Annotated[list[date], Field(max_length=HOLIDAYS_LIMIT)] = []
    version: Annotated[int, Field(ge=0)]

    def target(self) -> ResponseTarget:
        """The target, for the domain."""
        return ResponseTarget(
            minutes=self.minutes,
            enabled=self.enabled,
            working_hours=tuple(WorkingHours(each.weekday, each.start, each.end) for each in self.working_hours),
            holidays=frozenset(self.holidays),
            version=self.version,
        )


class ResponseTargetOut(Schema):
    """Within how many minutes of working time new leads are to be answered."""

    minutes: int
    enabled: bool
    working_hours: list[WorkingHoursIn]
    holidays: list[date]
    version: int

    @classmethod
    def of(cls, target: ResponseTarget) -> Self:
        """The target as shown."""
        hours = sorted(target.working_hours, key=lambda each: (each.weekday, each.start))
        return cls.model_construct(
            minutes=target.minutes,
            enabled=target.enabled,
            working_hours=[
                WorkingHoursIn.model_construct(weekday=each.weekday, start=each.start, end=each.end) for each in hours
            ],
            holidays=sorted(target.holidays),
            version=target.version,
        )
