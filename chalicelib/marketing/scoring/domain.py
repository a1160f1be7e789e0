"""How points are given: rules of fit (who the person is) and of engagement (what the person does), pure.

**Fit** follows from the contact as it is: a rule gives its points while its condition holds and takes them back when it no
longer does.

**Engagement** follows from events and cools down. With half-life H days, after events eᵢ of pᵢ points at times tᵢ it is, at T ::

    warmth(T) = Σ pᵢ · 2^(−(T − tᵢ) / H)          engagement = warmth rounded to a whole number

The sum does not depend on the order in which events arrive, so late and shuffled messages end in the same score. `Standing`
keeps the sum at one instant. What a rule may give within one period of 30 days is capped; the periods are fixed (counted from
1970), so the cap does not depend on when a message is read either.

Every change is an entry of the contact's history, and the entries of a dimension add up to its value: the difference that
cooling has made since the last entry is an entry of its own (rule ``cooling``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.customers.contacts.domain import Contact, Dimension, ScoreEntry
from chalicelib.foundation.errors import FieldError, InvalidError
from chalicelib.foundation.ids import derived_id
from chalicelib.marketing.segments.domain import compile_contacts, parse

EVENTS = ("form.submitted", "email.opened", "email.clicked", "campaign.unsubscribed")
PERIOD = timedelta(days=30)
COOLING = "cooling"
COOLING_DUE = "score.cooling"
COOLING_EVERY = timedelta(days=7)
RULES_LIMIT = 100
POINTS_LIMIT = 1000
_REMEMBERED = 40  # facts; a repetition beyond them is caught by the history's own keys
_PERIODS = 4  # of which a rule's points are remembered: a message out of a dead-letter queue is weeks late, not months

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason for points. ``when`` is a condition of segments for fit, and ``{"event": …}`` with an optional ``form_id`` or
    ``campaign_id`` for engagement. ``cap`` is the most (in absolute value) it gives within one period; 0 for no cap.
    """

    id: str
    name: str
    dimension: Dimension
    when: Mapping[str, Any]
    points: int
    enabled: bool = True
    cap: int = 0


@dataclass(frozen=True, slots=True)
class Grades:
    """From how many points on a letter (fit) and a digit (engagement) are reached: ``A1`` is the best, ``C3`` the rest."""

    a: int = 30
    b: int = 15
    one: int = 40
    two: int = 15

    def grade_of(self, fit: int, engagement: int) -> str:
        """The grade of these points."""
        letter = "A" if fit >= self.a else "B" if fit >= self.b else "C"
        return letter + ("1" if engagement >= self.one else "2" if engagement >= self.two else "3")


@dataclass(frozen=True, slots=True)
class Ruleset:
    """A workspace's rules. ``half_life`` is in days."""

    rules: tuple[Rule, ...]
    grades: Grades = field(default_factory=Grades)
    half_life: int = 30
    version: int = 1


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened and may give points. ``id`` is the same when it is told again."""

    id: str
    type: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """What scoring remembers of a contact: the warmth at an instant, the points that entries of engagement add up to, which
    fit rules gave how much, what each rule has given in its latest periods, and the last facts.
    """

    warmth: float = 0.0
    warm_at: datetime | None = None
    engagement: int = 0
    awarded: Mapping[str, int] = field(default_factory=dict)
    spent: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    facts: tuple[str, ...] = ()
    version: int = 0


_DEFAULTS: tuple[tuple[str, Dimension, dict[str, Any], int, int, str, str], ...] = (
    (
        "business_email",
        "fit",
        {"field": "contact.email_kind", "op": "is", "value": "business"},
        15,
        0,
        "Correo de empresa",
        "Business e-mail address",
    ),
    (
        "phone_given",
        "fit",
        {"field": "contact.phone", "op": "present"},
        10,
        0,
        "Ha dado su teléfono",
        "Phone number given",
    ),
    ("company_given", "fit", {"field": "company.name", "op": "present"}, 10, 0, "Ha dicho su empresa", "Company given"),
    ("country_given", "fit", {"field": "contact.country", "op": "present"}, 5, 0, "Ha dicho su país", "Country given"),
    (
        "form_submitted",
        "engagement",
        {"event": "form.submitted"},
        20,
        60,
        "Ha enviado un formulario",
        "Submitted a form",
    ),
    ("email_opened", "engagement", {"event": "email.opened"}, 2, 10, "Ha abierto un correo", "Opened an e-mail"),
    ("email_clicked", "engagement", {"event": "email.clicked"}, 8, 32, "Ha pulsado un enlace", "Clicked a link"),
    ("unsubscribed", "engagement", {"event": "campaign.unsubscribed"}, -30, 30, "Se ha dado de baja", "Unsubscribed"),
)
_SYSTEM_NAMES: Mapping[str, Texts] = {
    COOLING: {"es": "Enfriamiento con el tiempo", "en": "Cooled down over time"},
    "gone": {"es": "Regla retirada", "en": "Rule withdrawn"},
    "lost": {"es": "Ya no se cumple", "en": "No longer so"},
    "machine": {"es": "Era una máquina", "en": "It was a machine"},
}


def default_rules(language: str) -> Ruleset:
    """The rules of a workspace that has not changed them, named in its language."""
    return Ruleset(
        tuple(
            Rule(id_, spanish if language == "es" else english, dimension, when, points, True, cap)
            for id_, dimension, when, points, cap, spanish, english in _DEFAULTS
        )
    )


def check(ruleset: Ruleset) -> None:
    """`InvalidError` names every place that makes no sense (``rules.2.when.op``)."""
    errors: list[FieldError] = []
    seen: set[str] = set()
    for position, rule in enumerate(ruleset.rules):
        if rule.id in seen:
            errors.append(FieldError(f"rules.{position}.id", "Another rule has this id.", "duplicate"))
        seen.add(rule.id)
        try:
            if rule.dimension == "fit":
                parse(dict(rule.when), f"rules.{position}.when")
            else:
                _check_event(rule.when, f"rules.{position}.when")
        except InvalidError as error:
            errors += error.fields
    grades = ruleset.grades
    if grades.a <= grades.b:
        errors.append(FieldError("grades.fit.A", "A needs more points than B.", "order"))
    if grades.one <= grades.two:
        errors.append(FieldError("grades.engagement.1", "1 needs more points than 2.", "order"))
    if errors:
        raise InvalidError("The rules are not valid.", fields=errors[:20])


def _check_event(when: Mapping[str, Any], path: str) -> None:
    for name, value in when.items():
        if name not in ("event", "form_id", "campaign_id"):
            raise InvalidError(
                "An event has event, form_id, campaign_id.", field=f"{path}.{str(name)[:50]}", code="unknown"
            )
        if not isinstance(value, str) or len(value) > 100:
            raise InvalidError("A text.", field=f"{path}.{name}", code="type")
    if when.get("event") not in EVENTS:
        raise InvalidError(f"One of {', '.join(EVENTS)}.", field=f"{path}.event", code="unknown")


def given_by(fact_id: str, at: datetime, contact_id: str, entries: Sequence[ScoreEntry]) -> list[ScoreEntry]:
    """Those of a history's entries that a fact gave for engagement."""
    return [
        entry
        for entry in entries
        if entry.id == derived_id(at, contact_id, "engagement", entry.rule_id, fact_id) and entry.rule_id != COOLING
    ]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The entries to add, and the standing after them."""

    entries: tuple[ScoreEntry, ...]
    standing: Standing


TAKEN_BACK = ".taken_back"
"""Ends the type of a fact that takes another back (``data``: ``fact_id``, ``fact_at``): what looked like a person was a machine."""


class Evaluator:
    """A ruleset made ready to be applied: its fit conditions are compiled once. ``unread`` are rules whose condition cannot be read any
    more: they hold for nobody and keep none of the others from counting.
    """

    def __init__(self, ruleset: Ruleset, language: str):
        self.ruleset = ruleset
        self._language = "es" if language == "es" else "en"
        self._fit = [rule for rule in ruleset.rules if rule.enabled and rule.dimension == "fit"]
        conditions = {rule.id: _read(rule) for rule in self._fit}
        self.unread = sorted(rule_id for rule_id, condition in conditions.items() if condition is None)
        self._fits = compile_contacts(list(conditions.values()))
        self._events = [rule for rule in ruleset.rules if rule.enabled and rule.dimension == "engagement"]
        self._names = {rule.id: rule.name for rule in ruleset.rules}

    def evaluate(self, contact: Contact, standing: Standing | None, fact: Fact) -> Outcome:
        """What this fact, and the contact as it is now, change. A fact that the standing remembers gives nothing more; facts of
        other types than `EVENTS` only have the fit looked at; `COOLING_DUE` also brings the engagement down to what is left at
        that instant, which is the same however often it is said, so nobody has to remember it.
        """
        before = standing or _first_standing(contact)
        entries = list(self._fit_entries(contact, before, fact))
        awarded = dict(before.awarded)
        for entry in entries:
            awarded[entry.rule_id] = awarded.get(entry.rule_id, 0) + entry.points
        after = replace(before, awarded={rule_id: points for rule_id, points in awarded.items() if points})
        if fact.type == COOLING_DUE or (fact.type in EVENTS and fact.id not in before.facts):
            warm = self._warm(after, contact, fact)
            entries += warm.entries
            after = warm.standing
        return Outcome(tuple(entries), after)

    def take_back(
        self, standing: Standing, contact: Contact, fact: Fact, of: str, given: Sequence[ScoreEntry]
    ) -> Outcome:
        """Take back what is left of the points that the fact with the id ``of`` gave; what it gave comes back under the rules' caps.
        The fact itself gives nothing any more, should it come (again) later.
        """
        warm_at = standing.warm_at or fact.at
        now = max(warm_at, fact.at)
        warmth = standing.warmth * self._left(now - warm_at)
        spent = {rule_id: dict(periods) for rule_id, periods in standing.spent.items()}
        entries: list[ScoreEntry] = []
        for each in given:
            left = each.points * self._left(now - each.at)
            warmth -= left
            period = str(int(each.at.timestamp() // PERIOD.total_seconds()))
            if period in spent.get(each.rule_id, {}):
                spent[each.rule_id][period] = max(spent[each.rule_id][period] - abs(each.points), 0)
            if round(left):
                reason = (
                    f"{self._reason(each.rule_id, lost=False)} ({_SYSTEM_NAMES['machine'][self._language].lower()})"
                )
                entries.append(_entry(contact, fact, each.rule_id, "engagement", -round(left), reason))
        engagement = round(warmth)
        cooled = engagement - standing.engagement - sum(entry.points for entry in entries)
        if cooled:
            entries.append(_entry(contact, fact, COOLING, "engagement", cooled, self._reason(COOLING, lost=False)))
        facts = tuple(dict.fromkeys((*standing.facts, of, fact.id)))[-_REMEMBERED:]
        after = replace(standing, warmth=round(warmth, 6), warm_at=now, engagement=engagement, spent=spent, facts=facts)
        return Outcome(tuple(entries), after)

    def _fit_entries(self, contact: Contact, standing: Standing, fact: Fact) -> list[ScoreEntry]:
        wanted = {rule.id: rule.points for rule, fits in zip(self._fit, self._fits(contact), strict=True) if fits}
        entries = []
        for rule_id in sorted(wanted.keys() | standing.awarded.keys()):
            points = wanted.get(rule_id, 0) - standing.awarded.get(rule_id, 0)
            if points:
                reason = self._reason(rule_id, lost=rule_id not in wanted)
                entries.append(_entry(contact, fact, rule_id, "fit", points, reason, str(standing.version)))
        return entries

    def _reason(self, rule_id: str, *, lost: bool) -> str:
        name = self._names.get(rule_id)
        if name is None:
            return _SYSTEM_NAMES.get(rule_id, _SYSTEM_NAMES["gone"])[self._language]
        return f"{name} ({_SYSTEM_NAMES['lost'][self._language].lower()})" if lost else name

    def _warm(self, standing: Standing, contact: Contact, fact: Fact) -> Outcome:
        entries: list[ScoreEntry] = []
        warm_at = standing.warm_at or fact.at
        now = max(warm_at, fact.at)
        warmth = standing.warmth * self._left(now - warm_at)
        spent = {rule_id: dict(periods) for rule_id, periods in standing.spent.items()}
        given = 0
        for rule in self._events:
            points = self._points(rule, fact, spent)
            if points:
                warmth += points * self._left(now - fact.at)
                given += points
                entries.append(_entry(contact, fact, rule.id, "engagement", points, rule.name))
        engagement = round(warmth)
        cooled = engagement - standing.engagement - given
        if cooled:
            entries.append(_entry(contact, fact, COOLING, "engagement", cooled, self._reason(COOLING, lost=False)))
        after = replace(
            standing,
            warmth=round(warmth, 6),
            warm_at=now,
            engagement=engagement,
            spent=spent,
            facts=(*standing.facts, fact.id)[-_REMEMBERED:] if fact.type in EVENTS else standing.facts,
        )
        return Outcome(tuple(entries), after)

    def _points(self, rule: Rule, fact: Fact, spent: dict[str, dict[str, int]]) -> int:
        """What the rule gives for this fact, within its cap; what is given is taken down in ``spent``."""
        if rule.when["event"] != fact.type:
            return 0
        if any(name != "event" and fact.data.get(name) != value for name, value in rule.when.items()):
            return 0
        points = rule.points
        if rule.cap:
            period = str(int(fact.at.timestamp() // PERIOD.total_seconds()))
            periods = spent.setdefault(rule.id, {})
            left = max(rule.cap - periods.get(period, 0), 0)
            points = max(-left, min(left, points))
            periods[period] = periods.get(period, 0) + abs(points)
            for old in sorted(periods, key=int)[:-_PERIODS]:
                del periods[old]
        return points

    def _left(self, age: timedelta) -> float:
        return float(2.0 ** (-age.total_seconds() / (self.ruleset.half_life * 86400)))


def _read(rule: Rule) -> Any:
    try:
        return parse(dict(rule.when))
    except InvalidError:
        return None


def _first_standing(contact: Contact) -> Standing:
    """For a contact whose points were not given by rules (imported, or from before): they stay until the rules say otherwise."""
    awarded = {"gone": contact.score_fit} if contact.score_fit else {}
    return Standing(float(contact.score_engagement), contact.updated_at, contact.score_engagement, awarded)


def _entry(
    contact: Contact, fact: Fact, rule_id: str, dimension: Dimension, points: int, reason: str, *more: str
) -> ScoreEntry:
    id_ = derived_id(fact.at, contact.id, dimension, rule_id, fact.id, *more)
    return ScoreEntry(id_, fact.at, points, reason, rule_id, dimension)
