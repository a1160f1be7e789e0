"""What the mail about a lead whose answer is overdue says."""

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "subject": "{name} espera respuesta",
        "heading": "{name} espera tu respuesta",
        "overdue": "Este cliente potencial es tuyo y nadie le ha respondido todavía. El plazo terminó el {when}.",
        "contact": "Correo",
        "phone": "Teléfono",
        "company": "Empresa",
        "source": "Origen",
        "open": "Responder ahora",
        "footer": "Recibes este correo porque {workspace} tiene un tiempo de respuesta para los clientes potenciales nuevos.",
        "nobody": "Un cliente potencial",
    },
    "en": {
        "subject": "{name} is waiting for an answer",
        "heading": "{name} is waiting for your answer",
        "overdue": "This lead is yours and nobody has answered yet. The answer was due on {when}.",
        "contact": "E-mail",
        "phone": "Phone",
        "company": "Company",
        "source": "Source",
        "open": "Answer now",
        "footer": "You get this mail because {workspace} has a response time for new leads.",
        "nobody": "A lead",
    },
}
