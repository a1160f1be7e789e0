"""Cells as values, and contacts written by hand as the store would write them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customers.contacts import store
from chalicelib.customers.contacts.addresses import normalise_email
from chalicelib.customers.contacts.domain import LIFECYCLE_STAGES
from chalicelib.customers.contacts.importing import ContactRows
from chalicelib.customers.imports import values
from chalicelib.customers.imports.cells import split_name
from chalicelib.customers.imports.domain import Row
from chalicelib.customers.journals.domain import Change, undone
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.ids import is_id, new_id
from chalicelib.workspaces.settings.domain import Workspace
from tests.helpers import NOON
from tests.unit.customers.imports.world import World

HERE = Workspace("w", "W", "es", "Europe/Madrid", "EUR", "", "", "", NOON, NOON)
THERE = replace(HERE, language="en", time_zone="America/New_York")


@pytest.mark.parametrize(
    ("cell", "spanish", "american"),
    [
        ("1990-05-31", "1990-05-31", "1990-05-31"),
        ("1990-5-3T10:00:00Z", "1990-05-03", "1990-05-03"),
        ("31/05/1990", "1990-05-31", "1990-05-31"),
        ("3/4/1990", "1990-04-03", "1990-03-04"),
        ("3.4.90", "1990-04-03", "1990-03-04"),
        ("12/31/2020", "2020-12-31", "2020-12-31"),
        ("1-2-05", "2005-02-01", "2005-01-02"),
        ("31/02/1990", None, None),
        ("mañana", None, None),
        ("", None, None),
    ],
)
def test_dates(cell: str, spanish: str | None, american: str | None) -> None:
    for workspace, expected in ((HERE, spanish), (THERE, american)):
        if expected is None:
            with pytest.raises(InvalidError):
                values.to_date(cell, field="x", days_first=values.day_first(workspace))
        else:
            assert values.to_date(cell, field="x", days_first=values.day_first(workspace)) == expected


@pytest.mark.parametrize(
    ("cell", "spanish", "english"),
    [
        ("1234", "1234", "1234"),
        ("1.234,50", "1234.50", "1234.50"),
        ("1,234.50", "1234.50", "1234.50"),
        ("1,5", "1.5", "1.5"),
        ("1.500", "1500", "1.500"),
        ("1,500", "1.500", "1500"),
        ("1.234.567", "1234567", "1234567"),
        ("12 000", "12000", "12000"),
        ("-3", "-3", "-3"),
        ("0.125", "0.125", "0.125"),
        ("1,2,3.4.5", None, None),
        ("x", None, None),
        ("٣", None, None),
    ],
)
def test_numbers(cell: str, spanish: str | None, english: str | None) -> None:
    for comma, expected in ((True, spanish), (False, english)):
        if expected is None:
            with pytest.raises(InvalidError):
                values.to_number_text(cell, field="x", comma=comma, machine=False)
        else:
            assert values.to_number_text(cell, field="x", comma=comma, machine=False) == expected


def test_a_workbooks_number_has_a_point_only() -> None:
    assert values.to_number_text("1.500", field="x", comma=True, machine=True) == "1.500"


@pytest.mark.parametrize(
    ("cell", "amount", "currency"),
    [
        ("1.200,50 €", "1200.50", "EUR"),
        ("USD 99.90", "99.90", "USD"),
        ("99,90 cop", "99.90", "COP"),
        ("£5", "5", "GBP"),
        ("$ 5", "5", "MXN"),
        ("7", "7", "MXN"),
    ],
)
def test_money(cell: str, amount: str, currency: str) -> None:
    found = values.to_money(cell, field="x", currency="MXN", comma=True, machine=False)
    assert found == {"amount": amount, "currency": currency}


def test_words() -> None:
    assert [values.to_boolean(word, field="x") for word in ("Sí", "YES", "1", "x", "no", "Falso")] == [
        True, True, True, True, False, False,
    ]  # fmt: skip
    with pytest.raises(InvalidError):
        values.to_boolean("quizá", field="x")
    assert [values.to_country(word) for word in ("España", "es", "EEUU", "United Kingdom", "colombia")] == [
        "ES", "ES", "US", "GB", "CO",
    ]  # fmt: skip
    assert [values.to_language(word) for word in ("Español", "EN", "en_GB", "Français")] == ["es", "en", "en-GB", "fr"]
    assert values.to_list("a; b , c;; d") == ["a", "b , c", "d"]
    assert values.to_list("a, b") == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Ana García López", "Ana", "García López"),
        ("García López, Ana", "Ana", "García López"),
        ("Ana", "Ana", ""),
        ("Ana,", "Ana,", ""),
    ],
)
def test_names_are_split(text: str, first: str, last: str) -> None:
    assert split_name(text) == (first, last)


@given(
    st.integers(min_value=0, max_value=10**12 - 1),
    st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)),
)
def test_ids_say_which_row_made_them(row: int, at: datetime) -> None:
    ids = values.RowIds(int(at.replace(tzinfo=UTC).timestamp() * 1000), "01JD0000000000000000000001")
    made = ids.of(row)
    assert is_id(made)
    assert ids.is_ours(made)
    assert ids.row_of(made) == row
    assert not ids.is_ours(new_id(at.replace(tzinfo=UTC)))
    assert not values.RowIds(int(at.timestamp() * 1000), "01JD0000000000000000000002").is_ours(made)


@pytest.fixture(scope="module")
def rows() -> ContactRows:
    world = World()
    importing = replace(
        world.importing, columns=("a", "b", "c"), mapping={"a": "email", "b": "first_name", "c": "tags"}
    )
    return ContactRows(world.runtime, world.workspace, importing, NOON)


NAMES = st.text(min_size=1, max_size=20).filter(lambda text: text.strip() == text and text.isprintable())
TEXTS = st.dictionaries(st.sampled_from(["first_name", "last_name", "city", "country", "title", "job_title", "language", "birthday", "owner_id", "time_zone"]), NAMES)  # fmt: skip
ADDRESSES = st.lists(st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.com", fullmatch=True), min_size=1, max_size=3, unique=True)


@given(
    TEXTS,
    ADDRESSES,
    st.lists(st.from_regex(r"\+346[0-9]{8}", fullmatch=True), max_size=3, unique=True),
    st.frozensets(st.sampled_from(["a", "b", "ñ"])),
    st.sampled_from([None, *LIFECYCLE_STAGES]),
    st.booleans(),
    st.integers(min_value=2, max_value=10**6),
)
def test_a_contact_written_by_hand_is_the_stores(
    rows: ContactRows, texts: Any, emails: Any, phones: Any, tags: Any, stage: Any, firm: bool, row: int
) -> None:
    given_ = {**texts, "emails": emails}
    if phones:
        given_["phones"] = phones
    if tags:
        given_["tags"] = tags
    if stage:
        given_["lifecycle_stage"] = stage
    if firm:
        given_ |= {"company_id": "01JD0000000000000000000009", "company_name": "Ejemplo"}
    contact_id = rows._ids.of(row)
    by_hand = rows.image_of(contact_id, given_)
    by_store = store.to_record(rows.contact_of(contact_id, given_)).image()
    for image in (by_hand, by_store):
        for value in image.values():
            if "SS" in value:
                value["SS"] = sorted(value["SS"])
    assert by_hand == by_store


@given((st.text(max_size=40) | st.emails()).filter(lambda text: not text.strip().startswith("'")))
def test_an_address_is_cleaned_as_the_api_cleans_it(rows: ContactRows, address: str) -> None:
    (plan,) = rows.plan([Row(2, [address, "Ana"])], {})
    expected, refused = _cleaned(address)
    if refused:
        assert (plan.verdict, [each.code for each in plan.errors]) == ("rejected", [refused])
        return
    assert plan.verdict in ("created", "unchanged", "updated")
    if plan.change is not None and plan.change.before is None:
        assert expected in plan.change.after["pk"]["S"] or not expected or expected in plan.change.after["emails"]["S"]


def _cleaned(address: str) -> tuple[str, str]:
    try:
        return (normalise_email(address) if address.strip() else ""), ""
    except InvalidError as error:
        return "", error.fields[0].code


ATTRIBUTES = st.dictionaries(
    st.sampled_from(["a", "b", "c", "tags", "score"]),
    st.builds(lambda text: {"S": text}, st.sampled_from("xyz"))
    | st.builds(lambda each: {"SS": sorted(each)}, st.frozensets(st.sampled_from("pqr"), min_size=1)),
)


@given(ATTRIBUTES, ATTRIBUTES)
def test_undoing_at_once_restores_every_attribute(before: Any, after: Any) -> None:
    plan = undone(Change(1, "p", "s", before, after), after, frozenset())
    assert plan.image == before
    assert plan.kept == ()
    assert plan.changes == (before != after)


@given(ATTRIBUTES, ATTRIBUTES, ATTRIBUTES)
def test_undoing_never_touches_what_somebody_changed_since(before: Any, after: Any, current: Any) -> None:
    plan = undone(Change(1, "p", "s", before, after), current, frozenset({"score"}))
    assert plan.image is not None
    for name in {*before, *after, *current}:
        was, left, stands, now = (each.get(name) for each in (before, after, current, plan.image))
        if name == "score" or was == left:
            assert now == stands
        elif stands in (left, was):
            assert now == was
        elif name in plan.kept:
            assert now == stands
        else:  # sets: what was put in is gone, what was taken out is back, what others did stays
            had, has, have, found = (set((each or {}).get("SS", ())) for each in (was, left, stands, now))
            assert found == (have - (has - had)) | (had - has)
    again = undone(Change(1, "p", "s", before, after), plan.image, frozenset({"score"}))
    assert (
        again.image == plan.image
        or not again.changes
        or any("SS" in (before.get(n) or after.get(n) or {}) for n in {*before, *after})
    )


def test_what_was_made_goes_unless_somebody_has_changed_it() -> None:
    made = Change(1, "p", "s", None, {"a": {"S": "x"}, "n": {"N": "1.50"}, "version": {"N": "1"}})
    same = {"a": {"S": "x"}, "n": {"N": "1.5"}, "version": {"N": "3"}, "score": {"N": "5"}}
    assert undone(made, same, frozenset({"score"})).image is None
    assert undone(made, {**same, "a": {"S": "y"}}, frozenset({"score"})).kept == ("a",)
    assert undone(made, same, frozenset()).kept == ("score",)
    assert undone(made, same, frozenset(), frozenset({"score"})).image is None
    assert undone(made, None, frozenset()).changes is False
