"""Merges, partings and edits in any order, on a table in memory: addresses have one holder, no no is lost, and what was merged and
parted with nothing in between is as it was.
"""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chalicelib.customers.consent import service as consent
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Consent, ConsentState, Contact
from chalicelib.customers.contacts.records import contact_key
from chalicelib.customers.merges import service as merges
from chalicelib.customers.merges.domain import MergeState, elements, strictest
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.foundation.ids import new_id
from chalicelib.foundation.table import Table
from chalicelib.marketing.scoring.merging import FOLLOWER
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import create_workspace
from tests.helpers import NOON
from tests.memory_dynamodb import MemoryDynamoDB

PEOPLE = 4
ADDRESSES = [f"a{number}@example.com" for number in range(8)]
WORDS = ["", "Ana", "Eva", "Cádiz", "Sevilla"]
FIELDS = ["first_name", "city", "job_title"]
AT = datetime(2026, 11, 21, tzinfo=UTC)
who = st.integers(0, PEOPLE - 1)


class Merging(RuleBasedStateMachine):
    """Four contacts, and everything that may happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.table, self.clock = Table(MemoryDynamoDB(), "t"), FixedClock(NOON)
        self.workspace: Workspace = create_workspace(
            table=self.table, clock=self.clock, workspace_id=new_id(NOON), name="Ejemplo"
        )
        self.here: dict[str, Any] = {"table": self.table, "workspace_id": self.workspace.id}
        self.ids = [self._make(number) for number in range(PEOPLE)]
        self.merges: list[str] = []
        self.before: dict[str, list[str]] = {}
        self.fresh = ""
        self.said_no: set[tuple[str, str]] = set()

    def _make(self, number: int) -> str:
        self.clock.advance(seconds=1)
        values = {"first_name": f"P{number}", "emails": [{"address": ADDRESSES[number]}], "tags": [f"t{number}"]}
        given = {"table": self.table, "clock": self.clock, "workspace": self.workspace}
        return contacts.create_contact(**given, contact_id=new_id(self.clock.now()), values=values).id

    def _contact(self, number: int) -> Contact | None:
        found = contacts.get_contacts(**self.here, contact_ids=[self.ids[number]], consistent=True)
        return found.get(self.ids[number])

    def _raw(self, contact_id: str) -> str:
        image = self.table.image(contact_key(self.workspace.id, contact_id))
        return json.dumps(image, sort_keys=True, default=sorted)

    def _change(self, contact: Contact | None, **changes: Any) -> None:
        if contact is None:
            return
        self.clock.advance(seconds=1)
        self.fresh = ""
        try:
            contacts.change_contact(
                table=self.table, clock=self.clock, workspace=self.workspace, contact_id=contact.id,
                version=contact.version, changes=changes,
            )  # fmt: skip
        except InvalidError as refused:
            if {each.code for each in refused.fields} - {"taken", "missing"}:
                raise

    @rule(number=who, field=st.sampled_from(FIELDS), word=st.sampled_from(WORDS))
    def fill_in(self, number: int, field: str, word: str) -> None:
        self._change(self._contact(number), **{field: word})

    @rule(number=who, address=st.sampled_from(ADDRESSES))
    def give_or_take_an_address(self, number: int, address: str) -> None:
        contact = self._contact(number)
        if contact is not None:
            have = [each.address for each in contact.emails]
            wanted = [each for each in have if each != address] if address in have else [*have, address]
            self._change(contact, emails=[{"address": each} for each in wanted])

    @rule(number=who, tag=st.sampled_from(["x", "y"]))
    def tag(self, number: int, tag: str) -> None:
        contact = self._contact(number)
        if contact is not None:
            self._change(contact, tags=sorted(contact.tags ^ {tag}))

    @rule(number=who, purpose=st.sampled_from(["mail", "calls"]), granted=st.booleans())
    def say(self, number: int, purpose: str, granted: bool) -> None:
        contact = self._contact(number)
        if contact is None:
            return
        self.clock.advance(seconds=1)
        self.fresh = ""
        consent.record(
            **self.here, clock=self.clock, contact_id=contact.id, ledger_id=new_id(self.clock.now()), purpose=purpose,
            granted=granted, proof="dicho", actor="x",
        )  # fmt: skip

    @rule(one=who, other=who)
    def merge(self, one: int, other: int) -> None:
        this, that = self._contact(one), self._contact(other)
        if this is None or that is None or one == other:
            return
        self.clock.advance(seconds=1)
        merge_id, raw = new_id(self.clock.now()), [self._raw(self.ids[one]), self._raw(self.ids[other])]
        _, survivor = merges.merge(
            **self.here, clock=self.clock, followers={"scoring": FOLLOWER}, contact_id=this.id, other_id=that.id,
            choices={}, merge_id=merge_id,
        )  # fmt: skip
        self.merges.append(merge_id)
        self.before[merge_id], self.fresh = raw, merge_id
        assert {each.address for each in survivor.emails} == {each.address for each in (*this.emails, *that.emails)}
        assert survivor.tags == this.tags | that.tags
        for purpose in {**this.consents, **that.consents}:
            sides = [each.consents[purpose].state for each in (this, that) if purpose in each.consents]
            strict = ConsentState.WITHDRAWN if ConsentState.WITHDRAWN in sides else ConsentState.GRANTED
            assert survivor.consents[purpose].state is strict

    @precondition(lambda self: self.merges)
    @rule(data=st.data())
    def undo(self, data: Any) -> None:
        merge_id = data.draw(st.sampled_from(self.merges))
        made = merges.get_merge(**self.here, merge_id=merge_id)
        now = contacts.get_contacts(**self.here, contact_ids=[made.survivor_id], consistent=True).get(made.survivor_id)
        self.clock.advance(seconds=1)
        try:
            survivor, other = merges.undo(**self.here, clock=self.clock, merge_id=merge_id)
        except ConflictError:
            assert now is None  # the survivor itself was merged since
            return
        if made.state is MergeState.UNDONE:
            return
        assert now is not None
        assert other.merged_into == ""
        assert other.id not in survivor.merged_ids
        if merge_id == self.fresh:
            assert [self._raw(each.id) for each in (survivor, other)] == self.before[merge_id]
        self.fresh = ""
        for (
            purpose,
            answer,
        ) in now.consents.items():  # a no that was said to the one that stood holds for whoever said anything
            if answer.state is ConsentState.WITHDRAWN and purpose in survivor.consents and purpose in other.consents:
                sides = {survivor.consents[purpose].state, other.consents[purpose].state}
                assert ConsentState.WITHDRAWN in sides

    @invariant()
    def an_address_has_one_holder(self) -> None:
        found = contacts.get_contacts(**self.here, contact_ids=self.ids, consistent=True)
        for address in ADDRESSES:
            listed = [each.id for each in found.values() if address in {email.address for email in each.emails}]
            holder = contacts.find_by_email(**self.here, email=address)
            assert listed == ([holder] if holder else []), address

    @invariant()
    def everybody_is_somewhere(self) -> None:
        found = contacts.get_contacts(**self.here, contact_ids=self.ids, consistent=True)
        known = [contact_id for each in found.values() for contact_id in each.all_ids]
        assert sorted(known) == sorted(self.ids)


Merging.TestCase.settings = settings(max_examples=120, stateful_step_count=25, deadline=None)
TestMerging = Merging.TestCase


def answer(state: ConsentState, hour: int) -> Consent:
    return Consent(state, AT.replace(hour=hour), "form:x", "1", f"L{hour}")


def test_a_no_beats_a_yes_and_the_later_of_two_is_the_proof() -> None:
    yes, no, later = (
        answer(ConsentState.GRANTED, 1),
        answer(ConsentState.WITHDRAWN, 2),
        answer(ConsentState.GRANTED, 3),
    )
    for ours, theirs, expected in ((yes, no, no), (no, later, no), (yes, later, later), (later, yes, later)):
        assert strictest({"p": ours}, {"p": theirs}) == {"p": expected}
    assert strictest({"p": yes}, {"q": no}) == {"p": yes, "q": no}


@pytest.mark.parametrize(
    "before, after, now, expected",
    [
        ("ab", "abcd", "abcd", "ab"),  # nothing since
        ("ab", "abcd", "abcde", "abe"),  # added since
        ("ab", "abcd", "bcd", "b"),  # taken away since
        ("ab", "abcd", "abd", "ab"),  # the other's was taken away
        ("ab", "ab", "ab", "ab"),
        ("", "cd", "", ""),
    ],
)
def test_elements(before: str, after: str, now: str, expected: str) -> None:
    assert "".join(elements(before, after, now, lambda each: each)) == expected


def test_without_a_contact_there_is_no_merge() -> None:
    table = Table(MemoryDynamoDB(), "t")
    with pytest.raises(NotFoundError):
        merges.undo(table=table, clock=FixedClock(NOON), workspace_id="W", merge_id=new_id(NOON))
