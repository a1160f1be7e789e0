"""What the mail that reminds somebody of a task says."""

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "subject": "Recordatorio: {title}",
        "heading": "{title}",
        "timed": "Es para el {when}.",
        "day": "Es para el {when}, a cualquier hora.",
        "overdue": "Era para el {when}.",
        "no_due": "No tiene fecha.",
        "contact": "Contacto",
        "company": "Empresa",
        "lead": "Cliente potencial",
        "deal": "Oportunidad",
        "priority": "Prioridad",
        "high": "Alta",
        "open": "Ver mis tareas",
        "footer": "Recibes este correo porque esta tarea de {workspace} es tuya y tiene un recordatorio.",
    },
    "en": {
        "subject": "Reminder: {title}",
        "heading": "{title}",
        "timed": "It is due on {when}.",
        "day": "It is due on {when}, at any time.",
        "overdue": "It was due on {when}.",
        "no_due": "It has no date.",
        "contact": "Contact",
        "company": "Company",
        "lead": "Lead",
        "deal": "Deal",
        "priority": "Priority",
        "high": "High",
        "open": "See my tasks",
        "footer": "You get this mail because this task at {workspace} is yours and has a reminder.",
    },
}
