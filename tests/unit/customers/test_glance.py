"""What the fast way to a list shows is what the slow way shows."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customers.contacts import store
from chalicelib.customers.contacts.domain import (
    LIFECYCLE_STAGES,
    Consent,
    ConsentState,
    Contact,
    EmailAddress,
    Kyc,
    PhoneNumber,
    PostalAddress,
    Touch,
)
from chalicelib.customers.contacts.glance import shown_image
from chalicelib.customers.contacts.records import ContactRecord
from chalicelib.customers.contacts.schemas import shown
from tests.helpers import NOON

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12).map(str.strip)
INSTANT = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000, tzinfo=UTC)
)
TOUCH = st.builds(Touch, at=INSTANT, source=TEXT, medium=TEXT, landing_page=TEXT, form_id=TEXT)
CONTACT = st.builds(
    Contact,
    workspace_id=st.just("W1"),
    id=st.just("01JD0000000000000000000001"),
    created_at=st.just(NOON),
    updated_at=INSTANT,
    version=st.integers(1, 99),
    first_name=TEXT,
    last_name=TEXT,
    emails=st.lists(st.builds(EmailAddress, st.just("a@example.com"), TEXT, st.booleans()), max_size=2).map(tuple),
    phones=st.lists(st.builds(PhoneNumber, st.just("+34600111222"), TEXT, st.booleans()), max_size=2).map(tuple),
    company_id=TEXT,
    company_name=TEXT,
    language=TEXT,
    time_zone=TEXT,
    country=TEXT,
    city=TEXT,
    tags=st.frozensets(TEXT.filter(bool), max_size=3),
    lifecycle_stage=st.sampled_from(LIFECYCLE_STAGES),
    owner_id=TEXT,
    score_fit=st.integers(-99, 99),
    score_engagement=st.integers(-99, 99),
    grade=st.sampled_from(("", "A1")),
    first_touch=st.none() | TOUCH,
    last_touch=st.none() | TOUCH,
    consents=st.dictionaries(
        st.sampled_from(("marketing_email", "sms")),
        st.builds(Consent, st.sampled_from(ConsentState), INSTANT, TEXT, TEXT, st.just("L1")),
    ),
    open_lead_id=TEXT,
    changed_by=TEXT,
    title=TEXT,
    job_title=TEXT,
    addresses=st.lists(st.builds(PostalAddress, street=TEXT, primary=st.booleans()), max_size=2).map(tuple),
    birthday=st.sampled_from(("", "1980-02-29")),
    interests=st.lists(TEXT.filter(bool), max_size=2).map(tuple),
    kyc=st.builds(Kyc, note=TEXT, verified_at=st.none() | INSTANT),
    satisfaction=st.none() | st.integers(0, 10),
    custom=st.dictionaries(st.just("F1"), st.integers() | TEXT | st.just({"amount": "1", "currency": "EUR"})),
    edited_version=st.integers(1, 9),
    deleted_at=st.none() | INSTANT,
    merged_ids=st.lists(st.just("C2"), max_size=1).map(tuple),
)


@given(CONTACT)
def test_both_ways_show_the_same(contact: Contact) -> None:
    image = store.to_record(contact).image()
    record = ContactRecord.from_image(image)
    assert shown_image(image, named) == shown(store.to_domain(record), named(contact.custom))


@given(CONTACT)
def test_an_item_holds_all_of_a_contact(contact: Contact) -> None:
    kept = store.to_domain(ContactRecord.from_image(store.to_record(contact).image()))
    last = contact.last_touch if contact.last_touch is not None else contact.first_touch
    assert kept.last_touch == last
    for name in ("first_name", "addresses", "kyc", "interests", "satisfaction", "custom", "tags", "merged_ids"):
        assert getattr(kept, name) == getattr(contact, name)


def named(custom: Any) -> dict[str, Any]:
    return {f"key of {name}": value for name, value in custom.items()}


@pytest.mark.parametrize("missing", ["emails", "phones"])
def test_somebody_without_a_name_is_called_by_an_address(missing: str) -> None:
    emails, phones = (EmailAddress("a@b.example"),), (PhoneNumber("+34600111222"),)
    ways = {"emails": emails, "phones": phones} | {missing: ()}
    contact = Contact(workspace_id="W1", id="C1", created_at=NOON, updated_at=NOON, **ways)  # type: ignore[arg-type]
    assert shown_image(store.to_record(contact).image(), dict)["display_name"] == contact.display_name
