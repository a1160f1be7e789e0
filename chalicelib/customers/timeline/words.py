"""What the mail about a mention says."""

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "subject": "{who} te menciona en «{title}»",
        "heading": "{who} te menciona",
        "where": "{what} de {title}",
        "open": "Abrir en Clientela",
        "footer": "Recibes este correo porque alguien de {workspace} te ha mencionado.",
        "somebody": "Alguien",
        "note": "Nota",
        "call": "Llamada",
        "meeting": "Reunión",
        "email": "Correo",
    },
    "en": {
        "subject": "{who} mentioned you in “{title}”",
        "heading": "{who} mentioned you",
        "where": "{what} on {title}",
        "open": "Open in Clientela",
        "footer": "You get this mail because somebody at {workspace} mentioned you.",
        "somebody": "Somebody",
        "note": "Note",
        "call": "Call",
        "meeting": "Meeting",
        "email": "E-mail",
    },
}
