"""The policy of approval as the API shows and takes it."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from chalicelib.foundation.http import Schema
from chalicelib.foundation.http.schemas import Instant
from chalicelib.sales.approvals.domain import Policy
from chalicelib.sales.money import amount_text, plain_text
from chalicelib.sales.schemas import Amount, Currency, Percent


class ApprovalLimitIn(Schema):
    """The largest total in a currency that nobody has to look at."""

    above_amount: Amount
    currency: Currency


class ApprovalPolicyIn(Schema):
    """Which quotes have to be approved: with a total above a limit (or in a currency without one, when there are limits), or with
    a discount above ``discount_above_percent``. ``version`` is 0 for the first policy.
    """

    enabled: bool
    limits: Annotated[list[ApprovalLimitIn], Field(max_length=50)] = []
    discount_above_percent: Percent | None = None
    role: Literal["admin", "owner"] = "admin"
    version: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _one_each(self) -> Self:
        if len({limit.currency for limit in self.limits}) < len(self.limits):
            raise ValueError("there is one limit for each currency")
        return self

    def amounts(self) -> dict[str, Decimal]:
        """The limits by currency."""
        return {limit.currency: limit.above_amount for limit in self.limits}


class ApprovalLimitOut(Schema):
    """The largest total in a currency that nobody has to look at."""

    above_amount: str
    currency: str


class ApprovalPolicyOut(Schema):
    """The policy; ``version`` is 0 while nobody has set one."""

    enabled: bool
    limits: list[ApprovalLimitOut]
    discount_above_percent: str | None
    role: Literal["admin", "owner"]
    version: int
    updated_at: Instant | None

    @classmethod
    def of(cls, policy: Policy) -> Self:
        """The policy as shown."""
        percent = policy.discount_above
        return cls(
            enabled=policy.enabled,
            limits=[
                ApprovalLimitOut(above_amount=amount_text(amount, currency), currency=currency)
                for currency, amount in sorted(policy.limits.items())
            ],
            discount_above_percent=None if percent is None else plain_text(percent),
            role=policy.role,
            version=policy.version,
            updated_at=policy.updated_at,
        )
