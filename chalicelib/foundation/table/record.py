"""What every item of the table has in common.

Records are PynamoDB attribute containers: typed attributes, the discriminator ``kind`` and PynamoDB's condition and update
expressions. They are not ``pynamodb.models.Model``: that class brings its own botocore client per kind, 130 ms of imports,
and 0.65 ms of CPU a write; reads and writes go through `Table` instead (docs/decisions/0003-signed-requests.md).
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, Self

from pynamodb.attributes import (
    Attribute,
    AttributeContainer,
    DiscriminatorAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.exceptions import AttributeNullError

from chalicelib.foundation import clock
from chalicelib.foundation.table.keys import Key

Image = Mapping[str, Mapping[str, Any]]


class InstantAttribute(Attribute[datetime]):
    """An instant, stored as RFC 3339 text in UTC with milliseconds, which sorts as text."""

    attr_type = "S"

    def serialize(self, value: datetime) -> str:
        """The instant as text."""
        return clock.to_text(value)

    def deserialize(self, value: str) -> datetime:
        """The text as an aware instant."""
        return clock.from_text(value)


class DecimalAttribute(Attribute[Decimal]):
    """An exact decimal number (money, rates), at most 38 digits as DynamoDB keeps them."""

    attr_type = "N"

    def serialize(self, value: Decimal) -> str:
        """The digits."""
        return format(value, "f")

    def deserialize(self, value: str) -> Decimal:
        """The number."""
        return Decimal(value)


class Record(AttributeContainer):
    """One item of the table. Subclass it with ``class ContactRecord(Record, discriminator="contact")``.

    ``version`` counts the writes of `Table.replace` and `Update`; ``created_at`` and ``updated_at`` are set by whoever writes.
    Indexes are sparse: an item without ``gsi1pk`` is not in ``gsi1``. ``expires_at`` is in epoch seconds; DynamoDB deletes
    some time after it, so readers ask `expired`. ``changed_by`` is the `Actor.reference` of whoever wrote it last, for the audit.
    """

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()
    workspace_id = UnicodeAttribute()
    version = NumberAttribute(default=1)
    created_at = InstantAttribute()
    updated_at = InstantAttribute(null=True)
    gsi1pk = UnicodeAttribute(null=True)
    gsi1sk = UnicodeAttribute(null=True)
    gsi2pk = UnicodeAttribute(null=True)
    gsi2sk = UnicodeAttribute(null=True)
    duepk = UnicodeAttribute(null=True)
    duesk = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    changed_by = UnicodeAttribute(null=True)

    def __init__(self, **attributes: Any) -> None:
        # Instead of PynamoDB's constructor, which looks every attribute up three times.
        plan = _plan(type(self))
        if not attributes.keys() <= plan.attributes.keys():
            unknown = ", ".join(attributes.keys() - plan.attributes.keys())
            raise ValueError(f"{type(self).__name__} has no {unknown}")
        self.attribute_values = {**plan.defaults(), **attributes}

    @property
    def key(self) -> Key:
        """The primary key."""
        return Key(self.pk, self.sk)

    def expired(self, now: datetime) -> bool:
        """Whether its time is over, deleted yet or not."""
        return self.expires_at is not None and self.expires_at <= now.timestamp()

    def image(self) -> dict[str, dict[str, Any]]:
        """The item as DynamoDB takes it. Raises ``pynamodb.exceptions.AttributeNullError`` for a missing attribute."""
        values, plan = self.attribute_values, _plan(type(self))
        image: dict[str, dict[str, Any]] = {}
        for name, value in values.items():
            if value is not None:
                attribute = plan.attributes[name]
                value = attribute.serialize(value)
                if value is not None:
                    image[attribute.attr_name] = {attribute.attr_type: value}
        for name in plan.required:
            if values.get(name) is None:
                raise AttributeNullError(name)
        return image

    @classmethod
    def from_image(cls, image: Image) -> Self:
        """The record in an item's attributes, as its own class; attributes that the class does not know are left out."""
        kind = image.get("kind", {}).get("S", "")
        record_class = class_of(kind)
        if record_class is None or not issubclass(record_class, cls):
            raise ValueError(f"an item of kind {kind!r} is no {cls.__name__}")
        record: Self = record_class.__new__(record_class)
        plan = _plan(record_class)
        record.attribute_values = values = plan.defaults()
        readers = plan.readers
        for name, typed in image.items():
            found = readers.get(name)
            if found is None:
                continue
            own_name, attribute_type, read = found
            value = typed.get(attribute_type)
            if value is not None:
                values[own_name] = value if read is None else read(value)
            elif "NULL" not in typed:  # a type PynamoDB may know how to take
                attribute = plan.attributes[own_name]
                values[own_name] = attribute.deserialize(attribute.get_value(dict(typed)))
        values["kind"] = record_class
        return record


class _Plan:
    """What is known of a record class's attributes, looked up once."""

    def __init__(self, record_class: type[Record]):
        attributes = record_class._attributes
        self.attributes: dict[str, Attribute[Any]] = dict(attributes)
        self.readers = {each.attr_name: (name, each.attr_type, _reader(each)) for name, each in attributes.items()}
        self.required = [name for name, attribute in attributes.items() if not attribute.null]
        given = {name: attribute.default for name, attribute in attributes.items() if attribute.default is not None}
        self._made = {name: make for name, make in given.items() if callable(make)}
        self._plain = {name: value for name, value in given.items() if not callable(value)} | {"kind": record_class}

    def defaults(self) -> dict[str, Any]:
        """A new record's values before anything is set."""
        if not self._made:
            return self._plain.copy()
        return self._plain | {name: make() for name, make in self._made.items()}


def _reader(attribute: Attribute[Any]) -> Callable[[Any], Any] | None:
    """How a value of an item becomes the attribute's; None when it is the same."""
    if type(attribute).deserialize is Attribute.deserialize:
        return None
    return _number if type(attribute) is NumberAttribute else attribute.deserialize


def _number(text: str) -> float:
    """What PynamoDB's attribute gives, without a JSON decoder for whole numbers."""
    number: float = int(text) if text.isdigit() else json.loads(text)
    return number


@cache
def _plan(record_class: type[Record]) -> _Plan:
    return _Plan(record_class)


def class_of(kind: str) -> type[Record] | None:
    """The record class of this kind, or None when no imported module has one."""
    try:
        found: type[Record] = Record.kind.deserialize(kind)  # type: ignore[no-untyped-call]
    except ValueError:
        return None
    return found


def kind_of(record: Record | type[Record]) -> str:
    """The kind under which records of this class are stored."""
    found = Record.kind.get_discriminator(record if isinstance(record, type) else type(record))
    return str(found)


def record_in(image: Image) -> Record | None:
    """The record in a stream image, or None when its kind is not one of ours (or was not imported by this function)."""
    kind = image.get("kind", {}).get("S", "")
    return Record.from_image(image) if class_of(kind) else None
