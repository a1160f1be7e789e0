"""From conditions to Python functions: one that decides all of a workspace's segments for a contact at once, one that says when a
verdict may change by time alone, and one that shows whether a change of the contact can matter to any of them.

Generated source has only the expressions of `fields` and constants bound by name; nothing a person wrote becomes source. A contact is
tried against twenty segments in a few microseconds (benchmarks), so membership can be decided at every change.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.customers.contacts.domain import Contact
from chalicelib.marketing.segments.language.fields import Field, Kind
from chalicelib.marketing.segments.language.nodes import All, AnyOf, Condition, Leaf, Money, NoneOf, Share, Span, leaves
from chalicelib.marketing.segments.language.times import NEVER, TimeTest, When, day_test, did_test, moment_test
from chalicelib.marketing.segments.language.traits import SCOPE

PARTS = 10_000
"""How finely a random sample is cut: hundredths of a percent."""
MEMBER = "segment.member"
_TIMED = (Kind.DATE, Kind.INSTANT, Kind.BEHAVIOUR)


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody to be tried: the contact, and what else the conditions need to know. ``inside`` are the static segments, of those
    that are asked for, the contact is in.
    """

    contact: Contact
    profile: Any = None
    company: Any = None
    inside: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Compiled:
    """Conditions made ready, under their names in a fixed order. ``needs`` says what a `Subject` must have; ``statics`` are the
    segments outside of these that are asked for.
    """

    names: tuple[str, ...]
    needs: frozenset[str]
    statics: frozenset[str]
    timed: bool
    zone: ZoneInfo
    _match: Callable[..., tuple[bool, ...]]
    _turn: Callable[..., float]
    traits: Callable[[Contact], tuple[Any, ...]]
    company_traits: Callable[[Any], tuple[Any, ...]]

    def verdict(self, subject: Subject, when: When) -> tuple[bool, ...]:
        """For each condition, in the order of ``names``, whether it holds."""
        return self._match(subject.contact, subject.profile, subject.company, subject.inside, when)

    def turns(self, subject: Subject, when: When) -> float:
        """Until when (seconds since 1970, not included) the verdict stays the same if nothing but time changes."""
        return self._turn(subject.contact, subject.profile, subject.company, subject.inside, when)


def compile_all(conditions: Mapping[str, Condition | None], zone: ZoneInfo) -> Compiled:
    """These named conditions, which may ask for membership of one another. One that is None holds for nobody, as does one that asks
    for itself by a circle.
    """
    return _Generator(conditions, zone).compiled()


def compile_one(condition: Condition, zone: ZoneInfo) -> Compiled:
    """A single condition, to try it."""
    return compile_all({"": condition}, zone)


def compile_contacts(conditions: Sequence[Condition | None]) -> Callable[[Contact], tuple[bool, ...]]:
    """One function for conditions that ask only for what stands in the contact itself, whatever the time. None holds for nobody."""
    compiled = compile_all({str(position): each for position, each in enumerate(conditions)}, ZoneInfo("UTC"))
    when, match = When(datetime.fromtimestamp(0, UTC), compiled.zone), compiled._match
    return lambda contact: match(contact, None, None, frozenset(), when)


class _Generator:
    def __init__(self, conditions: Mapping[str, Condition | None], zone: ZoneInfo):
        self.conditions, self.zone = conditions, zone
        self.constants: dict[str, Any] = {}
        self.fields: dict[str, tuple[str, Field, str]] = {}  # name → variable, field, expression
        self.verdicts: dict[str, str] = {}  # segment → the variable that holds its verdict
        self.timed: dict[str, str] = {}  # segment → the variable that holds its next turn, if it has any
        self.statics: set[str] = set()
        self.lines: list[str] = []
        self.turning: list[str] = []
        self.open: set[str] = set()

    def compiled(self) -> Compiled:
        for name in self.conditions:
            self.segment(name)
        names = tuple(self.conditions)
        traits = [f"    {variable} = {expression}" for variable, _, expression in self.fields.values()]
        result = "".join(f"{self.verdicts.get(name, False)}, " for name in names)
        match = ["def match(c, p, o, m, T):", *traits, *self.lines, f"    return ({result})"]
        turns = [self.timed[name] for name in names if name in self.timed]
        turn = ["def turn(c, p, o, m, T):"]
        if turns:
            turn += [*traits, *self.lines, *self.turning, f"    return {_least(turns)}"]
        else:
            turn.append("    return NEVER")
        own = [each for each in self.fields.values() if each[1].needs == "contact" and each[1].name != MEMBER]
        far = [each for each in self.fields.values() if each[1].needs == "company"]
        watched = ["def traits(c):", f"    return ({''.join(f'({each[2]}), ' for each in own)})"]
        of_company = ["def company_traits(o):", f"    return ({''.join(f'({each[2]}), ' for each in far)})"]
        scope: dict[str, Any] = {
            "__builtins__": {}, **SCOPE, "NEVER": NEVER, "min": min, **self.constants,
        }  # fmt: skip
        source = "\n".join([*match, *turn, *watched, *of_company])
        exec(compile(source, "<segments>", "exec"), scope)  # noqa: S102 - generated above, see there
        needs = {field.needs for _, field, _ in self.fields.values()} | ({"segments"} if self.statics else set())
        return Compiled(
            names=names,
            needs=frozenset(needs),
            statics=frozenset(self.statics),
            timed=bool(turns),
            zone=self.zone,
            _match=scope["match"],
            _turn=scope["turn"],
            traits=scope["traits"],
            company_traits=scope["company_traits"],
        )

    def segment(self, name: str) -> str:
        """The variable of a segment's verdict, once the lines that decide it are there."""
        if name in self.verdicts:
            return self.verdicts[name]
        condition = self.conditions[name]
        if condition is None or name in self.open:
            return "False"
        self.open.add(name)
        expression = self.expression(condition)
        turn = self.turn_of(condition)
        self.open.discard(name)
        number = len(self.verdicts)
        variable = self.verdicts[name] = f"s{number}"
        self.lines.append(f"    {variable} = {expression}")
        if turn:
            self.timed[name] = f"e{number}"
            self.turning.append(f"    e{number} = {turn}")
        return variable

    def expression(self, condition: Condition) -> str:
        match condition:
            case All(parts):
                return "(" + " and ".join(map(self.expression, parts)) + ")"
            case AnyOf(parts):
                return "(" + " or ".join(map(self.expression, parts)) + ")"
            case NoneOf(parts):
                return "(not (" + " or ".join(map(self.expression, parts)) + "))"
            case Leaf():
                return f"({self.leaf(condition)})"

    def turn_of(self, condition: Condition) -> str:
        """An expression of when this may change by time; empty if never. Parts that time does not change decide first: a group that
        is settled by them has no turn.
        """
        if isinstance(condition, Leaf):
            return self.leaf_turn(condition)
        turns, fixed = [], []
        for part in condition.parts:
            turn = self.turn_of(part)
            if turn:
                turns.append(turn)
            else:
                fixed.append(self.expression(part))
        if not turns:
            return ""
        least = _least(turns)
        if not fixed:
            return least
        if isinstance(condition, All):
            return f"({least} if {' and '.join(fixed)} else NEVER)"
        return f"(NEVER if {' or '.join(fixed)} else {least})"

    def constant(self, value: Any) -> str:
        name = f"v{len(self.constants)}"
        self.constants[name] = value
        return name

    def trait(self, field: Field) -> str:
        """The variable that holds a field's value; each is looked up once a contact, and only where a condition asks for it."""
        if field.name not in self.fields:
            expression = field.source
            if field.key:
                expression = expression.replace("{key}", self.constant(field.key))
            self.fields[field.name] = f"f{len(self.fields)}", field, expression
        return self.fields[field.name][0]

    def leaf(self, leaf: Leaf) -> str:
        field, op, value = leaf.field, leaf.op, leaf.value
        if field.name == MEMBER:
            return self.member(op, value)
        trait = self.trait(field)
        if op in ("present", "absent"):
            there = (
                f"{trait} is not None" if field.kind in (Kind.NUMBER, Kind.DATE, Kind.INSTANT) else f"not not {trait}"
            )
            return there if op == "present" else f"not ({there})"
        match field.kind:
            case Kind.SET:
                return _SETS[op].format(trait, self.constant(value))
            case Kind.TEXT | Kind.CHOICE | Kind.BOOLEAN:
                return _PLAIN[op].format(trait, self.constant(value))
            case Kind.NUMBER:
                return self.number(trait, op, value)
            case Kind.MONEY:
                return f"{self.constant(_money_test(value))}({trait})"
            case Kind.SAMPLE:
                return f"{self.constant(_share_test(value))}({trait})"
        holds = f"{self.constant(self.timing(leaf).holds)}({trait}, T)"
        return f"not {holds}" if op == "did_not" else holds

    def number(self, trait: str, op: str, value: Any) -> str:
        if isinstance(value, Span):
            low, high = self.constant(value.low), self.constant(value.high)
            return f"{trait} is not None and {low} <= {trait} <= {high}"
        constant = self.constant(value)
        if op in ("is", "is_not"):
            return _PLAIN[op].format(trait, constant)
        return f"{trait} is not None and {trait} {'>=' if op == 'at_least' else '<='} {constant}"

    def leaf_turn(self, leaf: Leaf) -> str:
        if leaf.field.name == MEMBER:
            asked = sorted([leaf.value] if isinstance(leaf.value, str) else leaf.value)
            turns = [self.timed[each] for each in asked if each in self.timed]
            return _least(turns) if turns else ""
        if leaf.field.kind not in _TIMED or leaf.op in ("present", "absent"):
            return ""
        turns_of = self.timing(leaf).turns
        return f"{self.constant(turns_of)}({self.trait(leaf.field)}, T)" if turns_of else ""

    def timing(self, leaf: Leaf) -> TimeTest:
        if leaf.field.kind is Kind.BEHAVIOUR:
            return did_test(leaf.value, self.zone)
        test = day_test if leaf.field.kind is Kind.DATE else moment_test
        return test(leaf.op, leaf.value, self.zone)

    def member(self, op: str, value: Any) -> str:
        parts = []
        for asked in sorted([value] if isinstance(value, str) else value):
            if asked in self.conditions:
                parts.append(self.segment(asked))
            else:
                self.statics.add(asked)
                parts.append(f"{self.constant(asked)} in m")
        either = "(" + " or ".join(parts) + ")"
        return f"not {either}" if op in ("is_not", "not_in") else either


def _least(turns: Sequence[str]) -> str:
    return turns[0] if len(turns) == 1 else f"min({', '.join(turns)})"


_SETS = {
    "is": "{1} in {0}",
    "is_not": "{1} not in {0}",
    "in": "not {1}.isdisjoint({0})",
    "not_in": "{1}.isdisjoint({0})",
    "contains": "[x for x in {0} if {1} in x] != []",
    "starts_with": "[x for x in {0} if x.startswith({1})] != []",
    "ends_with": "[x for x in {0} if x.endswith({1})] != []",
}
_PLAIN = {
    "is": "{0} == {1}",
    "is_not": "{0} != {1}",
    "in": "{0} in {1}",
    "not_in": "{0} not in {1}",
    "contains": "{1} in {0}",
    "starts_with": "{0}.startswith({1})",
    "ends_with": "{0}.endswith({1})",
}


def _money_test(money: Money) -> Callable[[Mapping[str, Decimal]], bool]:
    currency, low, high = money.currency, money.low, money.high

    def holds(amounts: Mapping[str, Decimal]) -> bool:
        amount = amounts.get(currency)
        return amount is not None and (low is None or amount >= low) and (high is None or amount <= high)

    return holds


def _share_test(share: Share) -> Callable[[str], bool]:
    return lambda contact_id: share.low <= drawn(share.salt, contact_id) < share.high


def drawn(salt: str, contact_id: str) -> int:
    """The lot that a contact draws under a salt, from 0 to 9,999: always the same, and as if by chance."""
    return int.from_bytes(blake2b(f"{salt}\0{contact_id}".encode(), digest_size=8).digest()) % PARTS


def asked_segments(condition: Condition) -> list[Leaf]:
    """The leaves that ask for membership of other segments."""
    return [leaf for leaf in leaves(condition) if leaf.field.name == MEMBER]
