"""Conditions said as people would say them, in both languages."""

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.marketing.segments.language.fields import FIELDS
from chalicelib.marketing.segments.language.nodes import leaves
from chalicelib.marketing.segments.language.parse import parse
from chalicelib.marketing.segments.language.sentence import named_in, sentence
from chalicelib.marketing.segments.language.words import OPERATORS
from tests.unit.marketing.segments.people import CUSTOM, WORDS, last, leaf

NAMES = {
    ("segment", "S1"): "Clientes", ("segment", "S2"): "Olvidados", ("campaign", "K1"): "Otoño", ("form", "FORM"): "Guía",
    ("link", "K1#3"): "https://acme.example/precios", ("pipeline", "P"): "Ventas", ("member", "U1"): "Marta",
}  # fmt: skip
BUDGET = {"amount": "1500.5", "currency": "EUR"}
NESTED = {
    "all": [
        leaf("consent.marketing_email", "is", "granted"),
        {"any": [leaf("contact.tag", "is", "vip"), leaf("score.total", "at_least", 1500)]},
        {
            "none": [
                leaf("segment.member", "is", "S1"),
                leaf("campaign.opened", "did", {"period": {"in_last": last(30)}}),
            ]
        },
    ]
}


@pytest.mark.parametrize(
    ("condition", "spanish", "english"),
    [
        (leaf("contact.city", "is", "Madrid"), "cuya ciudad es Madrid", "whose city is Madrid"),
        (leaf("contact.language", "in", ["es", "pt"]), "cuyo idioma es español o portugués", "whose language is Portuguese or Spanish"),
        (leaf("contact.last_name", "starts_with", "Nú"), "cuyos apellidos empiezan por «Nú»", "whose last name begins with “Nú”"),
        (leaf("contact.last_name", "absent"), "cuyos apellidos no constan", "whose last name is not known"),
        (leaf("contact.country", "not_in", ["ES", "CO"]), "cuyo país no es Colombia ni España", "whose country is neither Colombia nor Spain"),
        (leaf("contact.tag", "in", ["vip", "oro"]), "con la etiqueta oro o vip", "with the tag oro or vip"),
        (leaf("contact.tag", "in", ["feria", "oro"]), "con la etiqueta feria u oro", "with the tag feria or oro"),
        (leaf("contact.tag", "not_in", ["a", "b"]), "sin la etiqueta a ni b", "without the tag a or b"),
        (leaf("contact.tag", "absent"), "sin ninguna etiqueta", "without any tag"),
        (leaf("contact.interest", "present"), "con algún interés", "with any interest"),
        (leaf("contact.email", "ends_with", "@acme.es"), "con alguna dirección de correo que termina en «@acme.es»",
         "with any e-mail address that ends with “@acme.es”"),
        (leaf("contact.open_lead", "is", False), "sin un cliente potencial abierto", "without an open lead"),
        (leaf("contact.owner", "is", "U1"), "cuyo responsable es Marta", "whose owner is Marta"),
        (leaf("contact.lifecycle_stage", "is_not", "loyalty"), "cuya etapa del ciclo de vida no es fidelidad",
         "whose lifecycle stage is not loyalty"),
        (leaf("consent.calls", "is_not", "granted"), "que no han dado su consentimiento a «Llamadas»", "who have not consented to “Calls”"),
        (leaf("score.total", "between", {"from": 10, "to": 2500}), "cuya puntuación está entre 10 y 2.500", "whose score is between 10 and 2,500"),
        (leaf("custom.plan", "is", "oro"), "cuyo campo «Plan» es Oro", "whose field “Plan” is Oro"),
        (leaf("custom.areas", "is", "norte"), "con Norte en el campo «Areas»", "with Norte in the field “Areas”"),
        (leaf("custom.partner", "is", True), "con «Partner» marcado", "with “Partner” ticked"),
        (leaf("custom.budget", "at_least", BUDGET), "cuyo campo «Budget» es al menos 1.500,50 EUR", "whose field “Budget” is at least 1,500.50 EUR"),
        (leaf("company.size", "at_most", 50), "cuyo tamaño de la empresa es como mucho 50", "whose company's size is at most 50"),
        (leaf("date.birthday", "anniversary_today"), "cuyo cumpleaños es hoy", "whose birthday is today"),
        (leaf("date.birthday", "anniversary_in_next", last(1, "week")), "cuyo cumpleaños es en la próxima semana", "whose birthday is in the next week"),
        (leaf("date.created", "in_last", last(2, "month")), "cuya fecha de alta fue en los últimos 2 meses", "whose date of creation was in the last 2 months"),
        (leaf("date.created", "before", "2026-03-01"), "cuya fecha de alta es antes del 1 de marzo de 2026", "whose date of creation is before 1 March 2026"),
        (leaf("custom.renewal", "in_next", last(10)), "cuyo campo «Renewal» será en los próximos 10 días", "whose field “Renewal” will be in the next 10 days"),
        (leaf("campaign.opened", "did_not", {"period": {"in_last": last(30)}}), "que no han abierto ninguna campaña en los últimos 30 días",
         "who have not opened any campaign in the last 30 days"),
        (leaf("campaign.clicked", "did", {"campaign": "K1", "link": "3"}),
         "que han pulsado el enlace https://acme.example/precios de la campaña «Otoño»",
         "who have clicked the link https://acme.example/precios in the campaign “Otoño”"),
        (leaf("form.posted", "did", {"form": "FORM", "times": 2, "period": {"after": "2026-01-01"}}),
         "que han enviado el formulario «Guía» al menos 2 veces desde el 1 de enero de 2026",
         "who have submitted the form “Guía” at least 2 times since 1 January 2026"),
        (leaf("campaign.sent", "did", {"times": 3}), "que han recibido al menos 3 campañas", "who have received at least 3 campaigns"),
        (leaf("deal.won", "did_not", {"pipeline": "P"}), "con quienes no se ganó ninguna oportunidad en la canalización «Ventas»",
         "with whom no deal was won in the pipeline “Ventas”"),
        (leaf("segment.member", "not_in", ["S1", "S2"]), "que no están en ninguno de los segmentos «Clientes» ni «Olvidados»",
         "who are not in any of the segments “Clientes” or “Olvidados”"),
        (leaf("random.sample", "between", {"from": 0, "to": 12.5, "salt": "x"}), "en la muestra al azar del 0 % al 12,5 %",
         "in the random sample from 0% to 12.5%"),
        (NESTED,
         ("que han dado su consentimiento a «Novedades», (con la etiqueta vip o cuya puntuación es al menos 1.500) y que no sean personas "
         "(que están en el segmento «Clientes» o que han abierto alguna campaña en los últimos 30 días)"),
         ("who have consented to “News”, (with the tag vip or whose score is at least 1,500) and who are not people "
         "(who are in the segment “Clientes” or who have opened any campaign in the last 30 days)")),
        ({"none": [leaf("contact.city", "is", "Madrid")]}, "que no sean personas cuya ciudad es Madrid", "who are not people whose city is Madrid"),
    ],
)  # fmt: skip
def test_said(condition: Mapping[str, Any], spanish: str, english: str) -> None:
    said = sentence(parse(condition, WORDS), NAMES)
    assert said == {"es": f"Personas {spanish}.", "en": f"People {english}."}


def test_everything_can_be_said() -> None:
    """Every field with every operator gives a sentence in both languages, without braces or placeholders left over."""
    samples: dict[str, Any] = {
        "text": "x", "set": "x", "choice": "x", "number": 5, "boolean": True, "date": "2026-11-21", "instant": "2026-11-21",
    }  # fmt: skip
    for field in [*FIELDS.values(), *CUSTOM]:
        for op in field.operators:
            assert op in OPERATORS
            value: Any = samples.get(field.kind.value)
            if field.choices:
                value = field.choices[0]
            if op in ("in", "not_in"):
                value = [value]
            if field.kind.value == "money":
                value = (
                    {"amount": "5", "currency": "EUR"}
                    if op != "between"
                    else {"from": "5", "to": "6", "currency": "EUR"}
                )
            elif field.kind.value == "behaviour":
                value = {"period": {"more_than_ago": last(2)}}
            elif field.kind.value == "sample":
                value = {"from": 0, "to": 5, "salt": "x"}
            elif op == "between":
                value = {"from": value, "to": value}
            elif op in ("in_last", "more_than_ago", "in_next", "more_than_ahead") or op.startswith("anniversary_in"):
                value = last(3)
            if op in ("present", "absent", "anniversary_today"):
                value = None
            said = sentence(parse(leaf(field.name, op, value), WORDS), {})
            for text in said.values():
                assert len(text) > 12, (field.name, op)
                assert not {"{", "}"} & set(text), text
                assert "None" not in text, text


def test_what_has_to_be_looked_up() -> None:
    raw = {
        "all": [
            leaf("segment.member", "in", ["S1", "S2"]),
            leaf("campaign.clicked", "did", {"campaign": "K1", "link": "3"}),
            leaf("contact.owner", "is", "U1"),
        ]
    }
    assert named_in(leaves(parse(raw, WORDS))) == {
        "segment": {"S1", "S2"}, "campaign": {"K1"}, "link": {"K1#3"}, "member": {"U1"},
    }  # fmt: skip
