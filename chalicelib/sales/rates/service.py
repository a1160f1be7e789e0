"""Reading and writing exchange rates."""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.table import Table
from chalicelib.sales.rates import store
from chalicelib.sales.rates.domain import ExchangeRates, Rate, check_rates
from chalicelib.sales.rates.records import ExchangeRatesRecord
from chalicelib.workspaces.settings.domain import Workspace


def get_rates(*, table: Table, workspace: Workspace, consistent: bool = False) -> ExchangeRates:
    """The workspace's rates; none, in its own currency and at version 0, while nobody has written any down."""
    found = store.read(table, workspace.id, consistent=consistent)
    return found or ExchangeRates(workspace.id, workspace.currency)


def put_rates(
    *,
    table: Table,
    clock: Clock,
    workspace: Workspace,
    base: str,
    rates: Sequence[Rate],
    version: int,
    changed_by: str = "",
) -> ExchangeRates:
    """Write all rates anew, over the ones of ``version`` (0: there were none); `ConflictError` with the present ones when they
    have moved on. ``base`` empty: as it was.
    """
    present = get_rates(table=table, workspace=workspace, consistent=True)
    if present.version != version:
        raise ConflictError(current=present)
    base = base or present.base
    changed = replace(present, base=base, rates=check_rates(base, rates), changed_by=changed_by)
    now = clock.now()
    try:
        table.write(store.written(changed, now))
    except ConflictError as conflict:
        current = conflict.current
        shown = store.to_domain(current) if isinstance(current, ExchangeRatesRecord) else None
        raise ConflictError(current=shown) from conflict
    return replace(changed, version=version + 1, updated_at=now)
