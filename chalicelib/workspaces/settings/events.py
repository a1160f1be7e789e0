"""The orders that settings give, on the queue ``jobs``."""

OPEN = "shards.open"
"""New records of a list are to be spread over more partitions; everybody reads them by now. ``data``: collection."""
