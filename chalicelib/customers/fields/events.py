"""The orders that changes of fields give, on the queue ``jobs``."""

PURGE = "field.purge"
"""A field is to go with all of its values. ``data``: field_id, key, kind, by, start, again."""
INDEX = "field.index"
"""Lists are to find records by a field that has become filterable, or not any more. ``data``: field_id, kind, on, start, again."""
