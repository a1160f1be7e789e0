"""The item of a custom field, and its key."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.customers.records import CompactAttribute
from chalicelib.foundation.table import Key, Record, partition

PREFIX = "FIELD#"


class FieldRecord(Record, discriminator="field"):
    """``W#w`` / ``FIELD#<kind>#<key>``: a key is used once for a kind."""

    field_id = UnicodeAttribute()
    field_kind = UnicodeAttribute()
    name = UnicodeAttribute()
    type = UnicodeAttribute()
    options = CompactAttribute(null=True)
    relation_kind = UnicodeAttribute(null=True)
    required = BooleanAttribute(null=True)
    filterable = BooleanAttribute(null=True)
    position = NumberAttribute(null=True)
    archived = BooleanAttribute(null=True)


def field_key(workspace_id: str, kind: str, key: str) -> Key:
    """Where a field stands."""
    return Key(partition(workspace_id), f"{PREFIX}{kind}#{key}")
