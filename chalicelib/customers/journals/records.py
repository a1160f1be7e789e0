"""What marks a batch of changes as made."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.customers.records import CompactAttribute
from chalicelib.foundation.table import Record


class BatchRecord(Record, discriminator="batch"):
    """Written in the batch's own transaction beside the work it belongs to: ``BATCH#<chunk>#<first row>``. ``rows`` are its rows'
    numbers, ``journal`` the file in which they are kept; deleted after a fortnight.
    """

    rows = CompactAttribute()
    journal = UnicodeAttribute()
