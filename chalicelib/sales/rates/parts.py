"""Money in another currency, for features of other wings (decision 10)."""

from datetime import date
from decimal import Decimal

from chalicelib.foundation.runtime import Runtime
from chalicelib.sales.money import EXACT
from chalicelib.sales.rates.service import get_rates
from chalicelib.workspaces.settings.domain import Workspace


class _Rates:
    """The workspace's own exchange rates."""

    def converted(
        self, runtime: Runtime, workspace: Workspace, amount: Decimal, currency: str, day: date
    ) -> Decimal | None:
        """An amount in the workspace's currency at a day's rates, not rounded; None without a rate, which nobody guesses."""
        rates = get_rates(table=runtime.table, workspace=workspace)
        worth, own = rates.in_base(amount, currency, day), rates.rate(workspace.currency, day)
        return None if worth is None or not own else EXACT.divide(worth, own)


RATES = _Rates()
