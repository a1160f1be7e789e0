"""Contacts and leads as pure things."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.customers.companies.domain import normalise_domain
from chalicelib.customers.contacts import schemas, store
from chalicelib.customers.contacts.domain import (
    LIFECYCLE_STAGES,
    Consent,
    ConsentState,
    Contact,
    EmailAddress,
    PhoneNumber,
    Touch,
    clean_tags,
    one_primary_email,
    shard_of,
)
from chalicelib.customers.leads.domain import MOVES, Lead, LeadStatus
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.ids import new_id
from chalicelib.foundation.table.record import Record

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
instants = st.integers(0, 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
short = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=20).filter(
    lambda text: text == text.strip()
)
touches = st.builds(
    Touch,
    at=instants,
    source=short,
    medium=short,
    campaign=short,
    term=short,
    content=short,
    referrer=short,
    landing_page=short,
    form_id=short,
)
consents = st.builds(
    Consent, state=st.sampled_from(ConsentState), at=instants, source=short, text_version=short, ledger_id=short
)
contacts = st.builds(
    Contact,
    workspace_id=st.just("W1"),
    id=st.just("01JD0000000000000000000000"),
    created_at=st.just(NOON),
    updated_at=instants,
    version=st.integers(1, 10**6),
    shard=st.integers(0, 9),
    first_name=short,
    last_name=short,
    emails=st.lists(st.builds(EmailAddress, short, short, st.booleans()), max_size=3).map(one_primary_email),
    phones=st.lists(st.builds(PhoneNumber, short, short, st.booleans()), max_size=3).map(tuple),
    company_id=short,
    company_name=short,
    language=short,
    time_zone=short,
    country=short,
    city=short,
    tags=st.frozensets(short.filter(bool), max_size=3),
    lifecycle_stage=st.sampled_from(LIFECYCLE_STAGES),
    owner_id=short,
    score_fit=st.integers(-100, 100),
    score_engagement=st.integers(-100, 100),
    grade=st.sampled_from(["", "A1", "C3"]),
    first_touch=st.none() | touches,
    consents=st.dictionaries(short, consents, max_size=2),
    open_lead_id=short,
    changed_by=short,
)


@given(contacts, st.none() | touches)
@settings(max_examples=150, deadline=None)
def test_a_contact_comes_back_from_its_item_as_it_went(contact: Contact, last: Touch | None) -> None:
    contact = replace(contact, last_touch=last if contact.first_touch and last else contact.first_touch)
    record = store.to_record(contact)
    assert store.to_domain(Record.from_image(record.image())) == contact


@given(contacts)
@settings(max_examples=50, deadline=None)
def test_a_contact_is_shown_as_its_schema_says(contact: Contact) -> None:
    shown = schemas.shown(contact, {})
    again = schemas.ContactListed.model_validate(shown).model_dump(mode="json")
    assert again == shown
    assert set(shown) == set(schemas.ContactListed.model_fields)


def test_one_address_is_the_primary() -> None:
    def primary(*emails: EmailAddress) -> list[tuple[str, bool]]:
        return [(email.address, email.primary) for email in one_primary_email(emails)]

    assert primary() == []
    assert primary(EmailAddress("a"), EmailAddress("b")) == [("a", True), ("b", False)]
    assert primary(EmailAddress("a"), EmailAddress("b", primary=True)) == [("a", False), ("b", True)]
    assert primary(EmailAddress("a"), EmailAddress("b"), EmailAddress("b", primary=True)) == [("a", False), ("b", True)]
    with pytest.raises(InvalidError):
        one_primary_email([EmailAddress(str(number)) for number in range(21)])


def test_tags_are_cleaned_and_bounded() -> None:
    assert clean_tags([" Feria  2026 ", "feria 2026", ""]) == {"feria 2026"}
    for tags in ([str(number) for number in range(101)], ["x" * 61]):
        with pytest.raises(InvalidError):
            clean_tags(tags)


def test_ids_spread_over_shards() -> None:
    filled = [0] * 8
    for number in range(4000):
        filled[shard_of(new_id(NOON + timedelta(milliseconds=number)), 8)] += 1
    assert min(filled) > 350


@pytest.mark.parametrize("start", LeadStatus)
@pytest.mark.parametrize("end", LeadStatus)
def test_a_lead_moves_only_where_it_may(start: LeadStatus, end: LeadStatus) -> None:
    lead = Lead("w", "l", "c", NOON, NOON, status=start)
    if start is end:
        assert lead.moved(end) == lead
    elif end in MOVES[start]:
        moved = lead.moved(end, reason="no budget")
        assert moved.status is end
        assert moved.disqualify_reason == ("no budget" if end is LeadStatus.DISQUALIFIED else "")
    else:
        with pytest.raises(InvalidError) as refused:
            lead.moved(end, reason="no budget")
        assert refused.value.fields[0].field == "status"


def test_a_disqualification_has_a_reason() -> None:
    with pytest.raises(InvalidError) as refused:
        Lead("w", "l", "c", NOON, NOON).moved(LeadStatus.DISQUALIFIED)
    assert refused.value.fields[0].field == "disqualify_reason"


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("https://www.Ejemplo.es/contacto?x=1", "ejemplo.es"),
        ("ñandú.es", "xn--and-6ma2c.es"),
        ("", ""),
        ("a.b.co.uk:8080", "a.b.co.uk"),
    ],
)
def test_domains_have_one_form(text: str, domain: str) -> None:
    assert normalise_domain(text) == domain


@pytest.mark.parametrize("wrong", ["ejemplo", "a b.es", "-a.es", "x" * 300, "a..es", "javascript:alert(1)"])
def test_what_is_no_domain_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidError):
        normalise_domain(wrong)
