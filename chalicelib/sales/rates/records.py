"""The item of a workspace's exchange rates, and its key."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.customers.records import CompactAttribute
from chalicelib.foundation.table import Key, Record, partition


class ExchangeRatesRecord(Record, discriminator="exchange_rates"):
    """``W#w`` / ``EXCHANGE_RATES``; ``rates`` are ``[currency, rate, day]``."""

    base = UnicodeAttribute()
    rates = CompactAttribute()


def rates_key(workspace_id: str) -> Key:
    """Where a workspace's exchange rates stand."""
    return Key(partition(workspace_id), "EXCHANGE_RATES")
