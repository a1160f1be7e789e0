"""Conditions as people would say them, in Spanish and English: ``Personas con la etiqueta vip y cuya ciudad es Madrid.``"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from chalicelib.customers import countries
from chalicelib.customers.moments import MONTHS
from chalicelib.marketing.segments.language.fields import Field, Kind
from chalicelib.marketing.segments.language.nodes import (
    All,
    AnyOf,
    Condition,
    Did,
    Leaf,
    Money,
    NoneOf,
    Period,
    Relative,
    Share,
)
from chalicelib.marketing.segments.language.words import ONE_UNIT, UNITS, choice_words

Names = Mapping[tuple[str, str], str]
"""(what it is, id) → what it is called."""


def sentence(condition: Condition, names: Names) -> dict[str, str]:
    """The conditions in both languages."""
    return {
        "es": f"Personas {_Spanish(names).whole(condition)}.",
        "en": f"People {_English(names).whole(condition)}.",
    }


class _Speaker:
    """What both languages have in common: how clauses are joined."""

    language = ""
    and_, or_, but_not = "", "", ""

    def __init__(self, names: Names):
        self.names = names

    def whole(self, condition: Condition) -> str:
        if isinstance(condition, All | AnyOf):
            return self.joined([self.part(each) for each in condition.parts], isinstance(condition, All))
        return self.part(condition)

    def part(self, condition: Condition) -> str:
        match condition:
            case Leaf():
                return self.leaf(condition)
            case NoneOf(parts):
                inner = self.joined([self.part(each) for each in parts], together=False)
                return f"{self.but_not} {inner if len(parts) == 1 else f'({inner})'}"
            case _ if len(condition.parts) == 1:
                return self.part(condition.parts[0])
        return f"({self.whole(condition)})"

    def joined(self, clauses: Sequence[str], together: bool) -> str:
        return self.listed(clauses, self.and_ if together else self.or_)

    def listed(self, items: Sequence[str], word: str) -> str:
        if len(items) == 1:
            return items[0]
        return f"{', '.join(items[:-1])} {self.before(word, items[-1])} {items[-1]}"

    def before(self, word: str, _following: str) -> str:
        """The word as it sounds before what follows."""
        return word

    def leaf(self, leaf: Leaf) -> str:
        match leaf.field.kind:
            case Kind.BEHAVIOUR:
                return self.behaviour(leaf.field, leaf.op == "did", leaf.value)
            case Kind.SAMPLE:
                return self.share(leaf.value)
            case Kind.BOOLEAN:
                return self.yes(leaf.field, leaf.value)
            case Kind.SET:
                return self.member(leaf) if leaf.field.name == "segment.member" else self.having(leaf)
        if leaf.field.group == "consent":
            return self.consent(leaf)
        return self.plain(leaf)

    def behaviour(self, field: Field, did: bool, value: Did) -> str:
        raise NotImplementedError

    def share(self, share: Share) -> str:
        raise NotImplementedError

    def yes(self, field: Field, value: bool) -> str:
        raise NotImplementedError

    def member(self, leaf: Leaf) -> str:
        raise NotImplementedError

    def having(self, leaf: Leaf) -> str:
        raise NotImplementedError

    def consent(self, leaf: Leaf) -> str:
        raise NotImplementedError

    def plain(self, leaf: Leaf) -> str:
        raise NotImplementedError

    # Values

    def named(self, field: Field, value: str) -> str:
        if field.options:
            return field.options.get(value, value)
        if field.lookup == "country":
            return dict(countries.names(self.language)).get(value, value)
        if field.lookup:
            return self.names.get((field.lookup, value), value)
        return choice_words(field.name, value)[self.language]

    def values(self, leaf: Leaf) -> list[str]:
        given = leaf.written or ([leaf.value] if isinstance(leaf.value, str) else sorted(leaf.value))
        return sorted(self.named(leaf.field, each) for each in given)

    def any_of(self, values: Sequence[str]) -> str:
        return self.listed(values, self.or_)

    def long(self, by: Relative) -> str:
        return f"{by.amount} {(ONE_UNIT if by.amount == 1 else UNITS)[by.unit][self.language]}"

    def number(self, value: Any) -> str:
        text = f"{value:,}" if isinstance(value, int) else f"{value:,.4f}".rstrip("0").rstrip(".")
        return text.translate(str.maketrans(",.", ".,")) if self.language == "es" else text

    def amount(self, value: Any, currency: str) -> str:
        text = f"{value:,.2f}"
        text = text.translate(str.maketrans(",.", ".,")) if self.language == "es" else text
        return f"{text} {currency}"

    def size(self, value: Any) -> str:
        if isinstance(value, Money):
            return self.amount(value.low if value.low is not None else value.high, value.currency)
        return self.number(value)

    def ends(self, value: Any) -> tuple[str, str]:
        if isinstance(value, Money):
            return self.amount(value.low, value.currency), self.amount(value.high, value.currency)
        return self.number(value.low), self.number(value.high)

    def percent(self, hundredths: int) -> str:
        text = f"{hundredths / 100:g}"
        return f"{text.replace('.', ',')} %" if self.language == "es" else f"{text}%"


_ENDINGS = {"el": "o", "la": "a", "los": "os", "las": "as"}


_SPANISH = {
    "is": "es {}",
    "is_not": "no es {}",
    "in": "es {}",
    "not_in": "no es {}",
    "contains": "contiene «{}»",
    "starts_with": "empieza por «{}»",
    "ends_with": "termina en «{}»",
    "present": "consta",
    "absent": "no consta",
    "at_least": "es al menos {}",
    "at_most": "es como mucho {}",
    "between": "está entre {} y {}",
}


class _Spanish(_Speaker):
    language = "es"
    and_, or_, but_not = "y", "o", "que no sean personas"

    def before(self, word: str, _following: str) -> str:
        sound = _following.lstrip("«(").lower()
        if word == "o" and sound.startswith(("o", "ó", "ho", "8")):
            return "u"
        return "e" if word == "y" and sound.startswith(("i", "í", "hi")) else word

    def noun(self, field: Field) -> str:
        where = " de la empresa" if field.name.startswith("company.custom.") else ""
        return f"el campo «{field.es}»{where}" if field.given_name else field.es

    def whose(self, field: Field) -> str:
        article, _, rest = self.noun(field).partition(" ")
        return f"cuy{_ENDINGS[article]} {rest}"

    def plain(self, leaf: Leaf) -> str:
        if leaf.op.startswith("anniversary"):
            return self.anniversary(leaf)
        plural = self.noun(leaf.field).startswith(("los ", "las "))
        said = self.predicate(leaf)
        for one, many in (("no es ", "no son "), ("es ", "son "), ("contiene ", "contienen "), ("empieza ", "empiezan "),
                          ("termina ", "terminan "), ("consta", "constan"), ("no consta", "no constan")):  # fmt: skip
            if plural and said.startswith(one):
                said = many + said.removeprefix(one)
                break
        return f"{self.whose(leaf.field)} {said}"

    def predicate(self, leaf: Leaf) -> str:
        value, phrase = leaf.value, _SPANISH.get(leaf.op, "")
        if value is None:
            return phrase
        if leaf.field.kind in (Kind.DATE, Kind.INSTANT):
            return self.moment(leaf.op, value)
        if leaf.op == "between":
            return phrase.format(*self.ends(value))
        if leaf.field.kind in (Kind.NUMBER, Kind.MONEY):
            return phrase.format(self.size(value))
        if leaf.op in ("is", "is_not", "in"):
            return phrase.format(self.any_of(self.values(leaf)))
        return phrase.format(self.listed(self.values(leaf), "ni") if leaf.op == "not_in" else self.values(leaf)[0])

    def moment(self, op: str, value: Any) -> str:
        match op:
            case "in_last" | "more_than_ago":
                return f"fue {self.when(op, value)}"
            case "in_next":
                return f"será {self.next(value)}"
            case "more_than_ahead":
                return f"será dentro de más de {self.long(value)}"
        return f"es {self.when(op, value)}"

    def day(self, day: date) -> str:
        return f"{day.day} de {MONTHS['es'][day.month - 1]} de {day.year}"

    def last(self, by: Relative) -> str:
        feminine = by.unit in ("hour", "week")
        if by.amount == 1:
            return f"en {'la última' if feminine else 'el último'} {ONE_UNIT[by.unit]['es']}"
        return f"en {'las últimas' if feminine else 'los últimos'} {self.long(by)}"

    def next(self, by: Relative) -> str:
        feminine = by.unit in ("hour", "week")
        if by.amount == 1:
            return f"en {'la próxima' if feminine else 'el próximo'} {ONE_UNIT[by.unit]['es']}"
        return f"en {'las próximas' if feminine else 'los próximos'} {self.long(by)}"

    def when(self, op: str, value: Any) -> str:
        match op:
            case "in_last":
                return self.last(value)
            case "more_than_ago":
                return f"hace más de {self.long(value)}"
            case "on":
                return f"el {self.day(value)}"
            case "before":
                return f"antes del {self.day(value)}"
            case "after":
                return f"desde el {self.day(value)}"
        return f"entre el {self.day(value.low)} y el {self.day(value.high)}"

    def anniversary(self, leaf: Leaf) -> str:
        birthday = leaf.field.name == "date.birthday"
        what = "cuyo cumpleaños" if birthday else f"cuyo aniversario de {self.noun(leaf.field)}"
        if leaf.op == "anniversary_today":
            return f"{what} es hoy"
        if leaf.op == "anniversary_in_last":
            return f"{what} fue {self.last(leaf.value)}"
        return f"{what} es {self.next(leaf.value)}"

    def having(self, leaf: Leaf) -> str:
        noun = self.noun(leaf.field)
        article, _, rest = noun.partition(" ")
        if leaf.op in ("present", "absent"):
            feminine = article == "la"
            if leaf.op == "present":
                return f"con {'alguna' if feminine else 'algún'} {rest}"
            return f"sin {'ninguna' if feminine else 'ningún'} {rest}"
        if leaf.op in ("contains", "starts_with", "ends_with"):
            return f"con {'alguna' if article == 'la' else 'algún'} {rest} que {self.predicate(leaf)}"
        given = self.values(leaf)
        listed = self.listed(given, "ni") if leaf.op == "not_in" else self.any_of(given)
        preposition = "sin" if leaf.op in ("is_not", "not_in") else "con"
        if leaf.field.given_name:
            return f"{preposition} {listed} en {noun}"
        return f"{preposition} {noun} {listed}"

    def yes(self, field: Field, value: bool) -> str:
        said = f"«{field.es}» marcado" if field.given_name else field.es
        return f"{'con' if value else 'sin'} {said}"

    def consent(self, leaf: Leaf) -> str:
        about = f"«{leaf.field.es}»"
        said = {
            "granted": "han dado su consentimiento a",
            "withdrawn": "han retirado su consentimiento a",
            "none": "no han dicho nada sobre",
        }
        given = [leaf.value] if isinstance(leaf.value, str) else sorted(leaf.value)
        clauses = self.listed([said[each] for each in given], "o")
        if leaf.op in ("is", "in"):
            return f"que {clauses} {about}"
        denied = {"granted": "no han dado su consentimiento a", "withdrawn": "no han retirado su consentimiento a",
                  "none": "han dicho algo sobre"}  # fmt: skip
        return f"que {self.listed([denied[each] for each in given], 'y')} {about}"

    def member(self, leaf: Leaf) -> str:
        given = [f"«{each}»" for each in self.values(leaf)]
        negative = leaf.op in ("is_not", "not_in")
        if len(given) == 1:
            return f"que {'no ' if negative else ''}están en el segmento {given[0]}"
        if negative:
            return f"que no están en ninguno de los segmentos {self.listed(given, 'ni')}"
        return f"que están en alguno de los segmentos {self.any_of(given)}"

    def share(self, share: Share) -> str:
        return f"en la muestra al azar del {self.percent(share.low)} al {self.percent(share.high)}"

    def behaviour(self, field: Field, did: bool, value: Did) -> str:
        what = _SPANISH_DEEDS[field.name][0 if did else 1]
        many = _SPANISH_MANY.get(field.group, "veces")
        kind = {"form": "el formulario", "campaign": "la campaña", "pipeline": "la canalización"}[field.lookup]
        about = self.names.get((field.lookup, value.about), value.about)
        if field.group == "deal":
            said = what + (f" en {kind} «{about}»" if value.about else "")
            often = f" al menos {value.times} veces" if value.times > 1 else ""
        elif value.about:
            link = self.names.get(("link", f"{value.about}#{value.link}"), value.link)
            of_link = (
                f"el enlace {link} de " if value.link else "un enlace de " if field.name == "campaign.clicked" else ""
            )
            said, often = (
                f"{what} {of_link}{kind} «{about}»",
                f" al menos {value.times} veces" if value.times > 1 else "",
            )
        else:
            of_link = "enlaces de " if field.name == "campaign.clicked" else ""
            anything = _SPANISH_ANY[field.group][0 if did else 1]
            said = f"{what} {of_link}{f'al menos {value.times} {many}' if value.times > 1 else anything}"
            often = ""
        period = f" {self.when(value.period.op, value.period.value)}" if isinstance(value.period, Period) else ""
        return said + often + period


_SPANISH_DEEDS = {
    "form.posted": ("que han enviado", "que no han enviado"),
    "campaign.sent": ("que han recibido", "que no han recibido"),
    "campaign.opened": ("que han abierto", "que no han abierto"),
    "campaign.clicked": ("que han pulsado", "que no han pulsado"),
    "campaign.bounced": ("cuyo correo rebotó en", "cuyo correo no rebotó en"),
    "deal.created": ("para quienes se creó una oportunidad", "para quienes no se creó ninguna oportunidad"),
    "deal.won": ("con quienes se ganó una oportunidad", "con quienes no se ganó ninguna oportunidad"),
    "deal.lost": ("con quienes se perdió una oportunidad", "con quienes no se perdió ninguna oportunidad"),
}
_SPANISH_ANY = {"form": ("algún formulario", "ningún formulario"), "campaign": ("alguna campaña", "ninguna campaña")}
_SPANISH_MANY = {"form": "formularios", "campaign": "campañas"}


_ENGLISH = {
    "is": "is {}",
    "is_not": "is not {}",
    "in": "is {}",
    "not_in": "is neither {}",
    "contains": "contains “{}”",
    "starts_with": "begins with “{}”",
    "ends_with": "ends with “{}”",
    "present": "is known",
    "absent": "is not known",
    "at_least": "is at least {}",
    "at_most": "is at most {}",
    "between": "is between {} and {}",
}


class _English(_Speaker):
    language = "en"
    and_, or_, but_not = "and", "or", "who are not people"

    def noun(self, field: Field) -> str:
        where = "company’s " if field.name.startswith("company.custom.") else ""
        return f"{where}field “{field.en}”" if field.given_name else field.en

    def plain(self, leaf: Leaf) -> str:
        if leaf.op.startswith("anniversary"):
            return self.anniversary(leaf)
        return f"whose {self.noun(leaf.field)} {self.predicate(leaf)}"

    def predicate(self, leaf: Leaf) -> str:
        value, phrase = leaf.value, _ENGLISH.get(leaf.op, "")
        if value is None:
            return phrase
        if leaf.field.kind in (Kind.DATE, Kind.INSTANT):
            return self.moment(leaf.op, value)
        if leaf.op == "between":
            return phrase.format(*self.ends(value))
        if leaf.field.kind in (Kind.NUMBER, Kind.MONEY):
            return phrase.format(self.size(value))
        if leaf.op in ("is", "is_not", "in"):
            return phrase.format(self.any_of(self.values(leaf)))
        if leaf.op == "not_in":
            given = self.values(leaf)
            return phrase.format(self.listed(given, "nor")) if len(given) > 1 else f"is not {given[0]}"
        return phrase.format(self.values(leaf)[0])

    def moment(self, op: str, value: Any) -> str:
        match op:
            case "in_last" | "more_than_ago":
                return f"was {self.when(op, value)}"
            case "in_next":
                return f"will be {self.next(value)}"
            case "more_than_ahead":
                return f"will be more than {self.long(value)} from now"
            case "after":
                return f"is on or after {self.day(value)}"
        return f"is {self.when(op, value)}"

    def day(self, day: date) -> str:
        return f"{day.day} {MONTHS['en'][day.month - 1]} {day.year}"

    def last(self, by: Relative) -> str:
        return f"in the last {ONE_UNIT[by.unit]['en'] if by.amount == 1 else self.long(by)}"

    def next(self, by: Relative) -> str:
        return f"in the next {ONE_UNIT[by.unit]['en'] if by.amount == 1 else self.long(by)}"

    def when(self, op: str, value: Any) -> str:
        match op:
            case "in_last":
                return self.last(value)
            case "more_than_ago":
                return f"more than {self.long(value)} ago"
            case "on":
                return f"on {self.day(value)}"
            case "before":
                return f"before {self.day(value)}"
            case "after":
                return f"since {self.day(value)}"
        return f"between {self.day(value.low)} and {self.day(value.high)}"

    def anniversary(self, leaf: Leaf) -> str:
        birthday = leaf.field.name == "date.birthday"
        what = "whose birthday" if birthday else f"whose anniversary of the {self.noun(leaf.field)}"
        if leaf.op == "anniversary_today":
            return f"{what} is today"
        if leaf.op == "anniversary_in_last":
            return f"{what} was {self.last(leaf.value)}"
        return f"{what} is {self.next(leaf.value)}"

    def having(self, leaf: Leaf) -> str:
        noun = self.noun(leaf.field)
        if leaf.op in ("present", "absent"):
            return f"{'with' if leaf.op == 'present' else 'without'} any {noun}"
        if leaf.op in ("contains", "starts_with", "ends_with"):
            return f"with any {noun} that {self.predicate(leaf)}"
        listed = self.any_of(self.values(leaf))
        preposition = "without" if leaf.op in ("is_not", "not_in") else "with"
        if leaf.field.given_name:
            return f"{preposition} {listed} in the {noun}"
        return f"{preposition} the {noun} {listed}"

    def yes(self, field: Field, value: bool) -> str:
        said = f"“{field.en}” ticked" if field.given_name else field.en
        return f"{'with' if value else 'without'} {said}"

    def consent(self, leaf: Leaf) -> str:
        about = f"“{leaf.field.en}”"
        said = {
            "granted": "have consented to",
            "withdrawn": "have withdrawn their consent to",
            "none": "have said nothing about",
        }
        denied = {"granted": "have not consented to", "withdrawn": "have not withdrawn their consent to",
                  "none": "have said something about"}  # fmt: skip
        given = [leaf.value] if isinstance(leaf.value, str) else sorted(leaf.value)
        positive = leaf.op in ("is", "in")
        clauses = self.listed([(said if positive else denied)[each] for each in given], "or" if positive else "and")
        return f"who {clauses} {about}"

    def member(self, leaf: Leaf) -> str:
        given = [f"“{each}”" for each in self.values(leaf)]
        are = "are not" if leaf.op in ("is_not", "not_in") else "are"
        if len(given) == 1:
            return f"who {are} in the segment {given[0]}"
        return f"who {are} in any of the segments {self.any_of(given)}"

    def share(self, share: Share) -> str:
        return f"in the random sample from {self.percent(share.low)} to {self.percent(share.high)}"

    def behaviour(self, field: Field, did: bool, value: Did) -> str:
        what = _ENGLISH_DEEDS[field.name][0 if did else 1]
        kind = field.lookup
        about = self.names.get((field.lookup, value.about), value.about)
        often = f" at least {value.times} times" if value.times > 1 else ""
        if field.group == "deal":
            said = what + (f" in the pipeline “{about}”" if value.about else "")
        elif value.about:
            link = self.names.get(("link", f"{value.about}#{value.link}"), value.link)
            of_link = f"the link {link} in " if value.link else "a link in " if field.name == "campaign.clicked" else ""
            said = f"{what} {of_link}the {kind} “{about}”"
        else:
            of_link = "a link in " if field.name == "campaign.clicked" else ""
            said = f"{what} {of_link}" + (f"at least {value.times} {kind}s" if value.times > 1 else f"any {kind}")
            often = ""
        period = f" {self.when(value.period.op, value.period.value)}" if isinstance(value.period, Period) else ""
        return said + often + period


_ENGLISH_DEEDS = {
    "form.posted": ("who have submitted", "who have not submitted"),
    "campaign.sent": ("who have received", "who have not received"),
    "campaign.opened": ("who have opened", "who have not opened"),
    "campaign.clicked": ("who have clicked", "who have not clicked"),
    "campaign.bounced": ("whose mail bounced in", "whose mail did not bounce in"),
    "deal.created": ("for whom a deal was made", "for whom no deal was made"),
    "deal.won": ("with whom a deal was won", "with whom no deal was won"),
    "deal.lost": ("with whom a deal was lost", "with whom no deal was lost"),
}


def named_in(leaves: Iterable[Leaf]) -> dict[str, set[str]]:
    """What has to be looked up to say these: kind → ids. A link's id is the campaign's and its number."""
    found: dict[str, set[str]] = {}
    for leaf in leaves:
        value = leaf.value
        if isinstance(value, Did):
            if value.about:
                found.setdefault(leaf.field.lookup, set()).add(value.about)
            if value.link:
                found.setdefault("link", set()).add(f"{value.about}#{value.link}")
        elif leaf.field.lookup and isinstance(value, str | frozenset):
            found.setdefault(leaf.field.lookup, set()).update([value] if isinstance(value, str) else value)
    return found
