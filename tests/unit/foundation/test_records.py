"""Records and their images in the table and the stream."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st
from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.exceptions import AttributeNullError

from chalicelib.foundation.table import Change, DecimalAttribute, InstantAttribute, Record
from chalicelib.foundation.table.record import class_of, kind_of, record_in
from chalicelib.foundation.table.stream import change_of
from tests.helpers import NOON


class ThingRecord(Record, discriminator="test-thing"):
    name = UnicodeAttribute()
    amount = DecimalAttribute(null=True)
    at = InstantAttribute(null=True)
    tags = UnicodeSetAttribute(null=True)
    data = JSONAttribute(null=True)
    count = NumberAttribute(default=0)
    on = BooleanAttribute(default=False)


class OtherRecord(Record, discriminator="test-other"):
    pass


def thing(**values: Any) -> ThingRecord:
    base = {"pk": "W#w1#T#1", "sk": "THING", "workspace_id": "w1", "created_at": NOON, "name": "x"}
    return ThingRecord(**(base | values))


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    st.sets(st.text("abcñ", min_size=1, max_size=5), min_size=1, max_size=4),
    json_values.filter(lambda value: value is not None),
    st.booleans(),
)
def test_round_trip(name: str, amount: Decimal, at: datetime, tags: set[str], data: Any, on: bool) -> None:
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    record = thing(name=name, amount=amount, at=at, tags=tags, data=data, on=on, count=3)
    again = Record.from_image(record.image())
    assert type(again) is ThingRecord
    assert again.attribute_values == record.attribute_values
    assert again.amount == amount
    assert again.amount is not None
    assert format(again.amount, "f") == format(amount, "f")


def test_the_image_is_what_a_dynamodb_client_would_send() -> None:
    image = thing(tags={"b", "a"}, amount=Decimal("10.50"), on=True).image()
    plain = {name: TypeDeserializer().deserialize(value) for name, value in image.items()}
    assert plain == {
        "pk": "W#w1#T#1",
        "sk": "THING",
        "workspace_id": "w1",
        "kind": "test-thing",
        "version": 1,
        "created_at": "2026-11-21T12:00:00.000Z",
        "name": "x",
        "tags": {"a", "b"},
        "amount": Decimal("10.50"),
        "count": 0,
        "on": True,
    }
    assert TypeSerializer().serialize(plain)["M"]["amount"] == {"N": "10.50"}


def test_a_missing_attribute_is_named() -> None:
    with pytest.raises(AttributeNullError, match="name"):
        thing(name=None).image()


def test_unknown_attributes_and_nulls_are_left_out() -> None:
    image = thing().image() | {"later": {"S": "x"}, "amount": {"NULL": True}}
    again = ThingRecord.from_image(image)
    assert again.amount is None
    assert "later" not in again.attribute_values


def test_a_kind_is_its_class() -> None:
    assert class_of("test-thing") is ThingRecord
    assert class_of("nobody") is None
    assert kind_of(thing()) == kind_of(ThingRecord) == "test-thing"
    with pytest.raises(ValueError, match="test-thing"):
        OtherRecord.from_image(thing().image())
    assert record_in({"kind": {"S": "nobody"}}) is None


def test_expired_is_asked_not_believed() -> None:
    record = thing(expires_at=int(NOON.timestamp()))
    assert record.expired(NOON)
    assert not thing().expired(NOON)


def test_a_change_knows_what_changed() -> None:
    old, new = thing(count=1), thing(count=2)
    event = {
        "eventID": "e1",
        "eventName": "MODIFY",
        "dynamodb": {"OldImage": old.image(), "NewImage": new.image()},
    }
    change = change_of(event)
    assert isinstance(change, Change)
    assert (change.kind, change.changed("count"), change.changed("name", "tags")) == ("test-thing", True, False)
    assert not change.expired
    gone = change_of(
        {
            "eventID": "e2",
            "eventName": "REMOVE",
            "userIdentity": {"principalId": "dynamodb.amazonaws.com", "type": "Service"},
            "dynamodb": {"OldImage": old.image()},
        }
    )
    assert gone is not None
    assert gone.expired
    assert gone.record.key == old.key
    assert (
        change_of({"eventID": "e3", "eventName": "INSERT", "dynamodb": {"NewImage": {"kind": {"S": "nobody"}}}}) is None
    )
