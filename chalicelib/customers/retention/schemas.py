"""Retention as the API shows and takes it."""

from typing import Annotated, Literal, Self

from pydantic import Field

from chalicelib.customers.retention.domain import Rules
from chalicelib.foundation.http import Schema

KindName = Literal["submissions", "timeline", "leads_closed", "contacts_inactive", "exports", "imports", "hits"]


class RetentionRule(Schema):
    """A kind, and after how many days what is of it goes."""

    kind: KindName
    days: Annotated[int, Field(ge=1, le=36_500)]


class RetentionIn(Schema):
    """A workspace's rules, all of them; ``version`` is the one they were read at, 0 before the first change."""

    rules: Annotated[list[RetentionRule], Field(max_length=6)]
    version: Annotated[int, Field(ge=0)]


class RetentionOut(Schema):
    """A workspace's rules. A kind without one is kept until somebody deletes it."""

    rules: list[RetentionRule]
    version: int

    @classmethod
    def of(cls, rules: Rules) -> Self:
        """The rules as shown."""
        shown = [{"kind": kind.value, "days": days} for kind, days in rules.days.items()]
        return cls.model_validate({"rules": shown, "version": rules.version})
