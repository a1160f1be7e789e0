"""The way of a quote, its numbers, and what approval asks for. Pure."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chalicelib.sales.approvals.domain import Need, Policy, may_decide
from chalicelib.sales.quotes import formats
from chalicelib.sales.quotes.domain import (
    MOVES,
    IllegalMoveError,
    Quote,
    QuoteState,
    end_of,
    number_of,
    revised_number,
)
from chalicelib.sales.totals import Line

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def quote(**more) -> Quote:
    values = {
        "workspace_id": "w", "id": "q", "deal_id": "d", "title": "Web", "currency": "EUR", "valid_until": date(2026, 12, 22),
        "created_at": NOW, "updated_at": NOW,
    }  # fmt: skip
    return Quote(**{**values, **more})


class TestStates:
    def test_every_state_is_in_the_table_and_can_be_reached(self):
        assert set(MOVES) == set(QuoteState)
        reached, waiting = set(), [QuoteState.DRAFT]
        while waiting:
            state = waiting.pop()
            if state not in reached:
                reached.add(state)
                waiting += MOVES[state]
        assert reached == set(QuoteState)

    @pytest.mark.parametrize("state", QuoteState)
    @pytest.mark.parametrize("to", QuoteState)
    def test_only_the_steps_of_the_table_are_taken(self, state, to):
        before = quote(state=state)
        if to in MOVES[state]:
            assert before.moved(to, at=NOW, by="x").state is to
        else:
            with pytest.raises(IllegalMoveError) as caught:
                before.moved(to, at=NOW, by="x")
            assert caught.value.current is before

    def test_what_was_accepted_or_superseded_stays_so(self):
        assert MOVES[QuoteState.ACCEPTED] == MOVES[QuoteState.SUPERSEDED] == frozenset()

    def test_nothing_is_issued_that_was_not_approved(self):
        assert {state for state, to in MOVES.items() if QuoteState.ISSUED in to} == {QuoteState.APPROVED}
        assert {state for state, to in MOVES.items() if QuoteState.ACCEPTED in to} == {QuoteState.ISSUED}

    def test_an_issued_quote_is_open_until_its_last_day_is_over(self):
        zone = ZoneInfo("America/Bogota")
        ends = end_of(date(2026, 12, 22), zone)
        assert ends == datetime(2026, 12, 23, 5, tzinfo=UTC)
        issued = quote(state=QuoteState.ISSUED, ends_at=ends)
        assert issued.open(datetime(2026, 12, 23, 4, 59, 59, tzinfo=UTC))
        assert not issued.open(ends)
        assert issued.shown_state(ends) is QuoteState.EXPIRED
        assert quote(state=QuoteState.ACCEPTED, ends_at=ends).shown_state(ends) is QuoteState.ACCEPTED

    def test_a_day_that_begins_late_ends_when_the_next_begins(self):
        # Santiago put its clocks on at midnight of 6 September 2026: that day began at 01:00
        assert end_of(date(2026, 9, 5), ZoneInfo("America/Santiago")) == datetime(2026, 9, 6, 4, tzinfo=UTC)


class Walk(RuleBasedStateMachine):
    """Steps in any order: whatever is refused changes nothing, and no way leads to an answer but through approval and issue."""

    def __init__(self) -> None:
        super().__init__()
        self.quote = quote()
        self.seen = [QuoteState.DRAFT]

    @rule(to=st.sampled_from(list(QuoteState)))
    def step(self, to: QuoteState) -> None:
        try:
            self.quote = self.quote.moved(to, at=NOW, by="x")
        except IllegalMoveError:
            assert to not in MOVES[self.quote.state]
        else:
            self.seen.append(to)

    @invariant()
    def approved_before_issued_before_answered(self) -> None:
        for state, before in ((QuoteState.ISSUED, QuoteState.APPROVED), (QuoteState.ACCEPTED, QuoteState.ISSUED)):
            if state in self.seen:
                assert before in self.seen[: self.seen.index(state)]
        assert len(self.seen) == len(set(self.seen)), "no state comes twice"


Walk.TestCase.settings = settings(max_examples=500, stateful_step_count=20)
TestWalk = Walk.TestCase


def test_numbers():
    assert number_of(2026, 1) == "Q-2026-0001"
    assert number_of(2026, 12345) == "Q-2026-12345"
    assert revised_number("Q-2026-0001", 3) == "Q-2026-0001-3"


class TestApproval:
    policy = Policy("w", True, {"EUR": Decimal(1000), "JPY": Decimal(100000)}, Decimal(10))

    @pytest.mark.parametrize(
        "price, currency, discount, needed",
        [
            ("1000", "EUR", "0", ()),
            ("1000.01", "EUR", "0", (Need("amount", "1000.00 EUR"),)),
            ("1100", "EUR", "10", ()),  # 990 after the discount
            ("10", "EUR", "10.01", (Need("discount", "10"),)),
            ("5000", "EUR", "50", (Need("amount", "1000.00 EUR"), Need("discount", "10"))),
            ("100001", "JPY", "0", (Need("amount", "100000 JPY"),)),
            ("1", "USD", "0", (Need("currency", "USD"),)),
        ],
    )
    def test_what_is_above_a_limit_is_named(self, price, currency, discount, needed):
        line = Line("1", "x", unit_price=Decimal(price), discount_percent=Decimal(discount))
        assert self.policy.needs([line], currency) == needed

    def test_a_policy_that_is_off_or_says_nothing_asks_for_nothing(self):
        line = Line("1", "x", unit_price=Decimal(10**9), discount_percent=Decimal(99))
        assert Policy("w").needs([line], "EUR") == ()
        assert replace(self.policy, enabled=False).needs([line], "EUR") == ()
        assert Policy("w", True).needs([line], "EUR") == ()

    def test_tax_counts(self):
        line = Line("1", "x", unit_price=Decimal(900), tax_percent=Decimal(21))
        assert self.policy.needs([line], "EUR") == (Need("amount", "1000.00 EUR"),)

    @pytest.mark.parametrize(
        "role, asked, own, may",
        [
            ("owner", "owner", False, True),
            ("owner", "owner", True, True),
            ("owner", "admin", True, True),
            ("admin", "admin", False, True),
            ("admin", "admin", True, False),
            ("admin", "owner", False, False),
            ("sales", "admin", False, False),
            ("", "admin", False, False),
        ],
    )
    def test_who_may_decide(self, role, asked, own, may):
        assert may_decide(role=role, asked=asked, own=own) is may


class TestFormats:
    @pytest.mark.parametrize(
        "amount, currency, spanish, english",
        [
            ("1234567.5", "EUR", "1.234.567,50\u00a0€", "€1,234,567.50"),
            ("-240", "EUR", "−240,00\u00a0€", "−€240.00"),
            ("0", "USD", "0,00\u00a0US$", "US$0.00"),
            ("1200000", "COP", "1.200.000,00\u00a0COP", "1,200,000.00\u00a0COP"),
            ("99", "JPY", "99\u00a0JPY", "99\u00a0JPY"),
            ("1.2345", "KWD", "1,2345\u00a0KWD", "1.2345\u00a0KWD"),
        ],
    )
    def test_money(self, amount, currency, spanish, english):
        assert formats.money(Decimal(amount), currency, "es") == spanish
        assert formats.money(Decimal(amount), currency, "en") == english

    @given(st.decimals(min_value=0, max_value=10**13, places=4))
    def test_no_digit_is_lost(self, amount):
        for language, apart, point in (("es", ".", ","), ("en", ",", ".")):
            text = formats.quantity(amount, language)
            assert Decimal(text.replace(apart, "").replace(point, ".")) == amount

    def test_dates_and_percentages(self):
        assert formats.long_date(date(2026, 1, 2), "es") == "2 de enero de 2026"
        assert formats.long_date(date(2026, 1, 2), "en") == "2 January 2026"
        assert formats.percent(Decimal("7.50"), "es") == "7,5\u00a0%"
        assert formats.percent(Decimal(21), "en") == "21%"
