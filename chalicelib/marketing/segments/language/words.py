"""What the language's own words are called in the languages of the interface."""

from collections.abc import Mapping

Words = Mapping[str, str]

OPERATORS: Mapping[str, Words] = {
    "is": {"es": "es", "en": "is"},
    "is_not": {"es": "no es", "en": "is not"},
    "in": {"es": "es uno de", "en": "is one of"},
    "not_in": {"es": "no es ninguno de", "en": "is none of"},
    "contains": {"es": "contiene", "en": "contains"},
    "starts_with": {"es": "empieza por", "en": "begins with"},
    "ends_with": {"es": "termina en", "en": "ends with"},
    "present": {"es": "consta", "en": "is known"},
    "absent": {"es": "no consta", "en": "is not known"},
    "at_least": {"es": "es al menos", "en": "is at least"},
    "at_most": {"es": "es como mucho", "en": "is at most"},
    "between": {"es": "está entre", "en": "is between"},
    "on": {"es": "es el día", "en": "is on"},
    "before": {"es": "es antes de", "en": "is before"},
    "after": {"es": "es desde", "en": "is on or after"},
    "in_last": {"es": "en los últimos", "en": "in the last"},
    "more_than_ago": {"es": "hace más de", "en": "more than … ago"},
    "in_next": {"es": "en los próximos", "en": "in the next"},
    "more_than_ahead": {"es": "dentro de más de", "en": "more than … from now"},
    "anniversary_today": {"es": "el aniversario es hoy", "en": "anniversary is today"},
    "anniversary_in_next": {"es": "el aniversario es en los próximos", "en": "anniversary is in the next"},
    "anniversary_in_last": {"es": "el aniversario fue en los últimos", "en": "anniversary was in the last"},
    "did": {"es": "sí", "en": "did"},
    "did_not": {"es": "no", "en": "did not"},
}
UNITS: Mapping[str, Words] = {
    "hour": {"es": "horas", "en": "hours"},
    "day": {"es": "días", "en": "days"},
    "week": {"es": "semanas", "en": "weeks"},
    "month": {"es": "meses", "en": "months"},
    "year": {"es": "años", "en": "years"},
}
ONE_UNIT: Mapping[str, Words] = {
    "hour": {"es": "hora", "en": "hour"},
    "day": {"es": "día", "en": "day"},
    "week": {"es": "semana", "en": "week"},
    "month": {"es": "mes", "en": "month"},
    "year": {"es": "año", "en": "year"},
}
_CHOICES: Mapping[str, Mapping[str, Words]] = {
    "contact.email_kind": {
        "business": {"es": "de empresa", "en": "business"},
        "free": {"es": "gratuito", "en": "free"},
    },
    "contact.language": {
        "es": {"es": "español", "en": "Spanish"},
        "en": {"es": "inglés", "en": "English"},
        "ca": {"es": "catalán", "en": "Catalan"},
        "eu": {"es": "euskera", "en": "Basque"},
        "gl": {"es": "gallego", "en": "Galician"},
        "pt": {"es": "portugués", "en": "Portuguese"},
        "fr": {"es": "francés", "en": "French"},
        "it": {"es": "italiano", "en": "Italian"},
        "de": {"es": "alemán", "en": "German"},
        "nl": {"es": "neerlandés", "en": "Dutch"},
    },
    "contact.lifecycle_stage": {
        "awareness": {"es": "conocimiento", "en": "awareness"},
        "acquisition": {"es": "adquisición", "en": "acquisition"},
        "retention": {"es": "retención", "en": "retention"},
        "fulfilment": {"es": "satisfacción", "en": "fulfilment"},
        "loyalty": {"es": "fidelidad", "en": "loyalty"},
    },
    "contact.kyc": {
        "none": {"es": "sin hacer", "en": "not done"},
        "pending": {"es": "pendiente", "en": "pending"},
        "verified": {"es": "verificada", "en": "verified"},
        "rejected": {"es": "rechazada", "en": "rejected"},
    },
    "consent.": {
        "granted": {"es": "dado", "en": "given"},
        "withdrawn": {"es": "retirado", "en": "withdrawn"},
        "none": {"es": "nada dicho", "en": "nothing said"},
    },
    "deal.status": {
        "open": {"es": "abierta", "en": "open"},
        "won": {"es": "ganada", "en": "won"},
        "lost": {"es": "perdida", "en": "lost"},
    },
}


def choice_words(field: str, value: str) -> Words:
    """What one of a field's own values is called."""
    known = _CHOICES.get("consent." if field.startswith("consent.") else field, {})
    return known.get(value, {"es": value, "en": value})
