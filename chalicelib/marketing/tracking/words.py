"""The words of the page of choices."""

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "title": "Tus correos",
        "ask": "¿Quieres dejar de recibir estos correos?",
        "explain": "{workspace} dejará de enviarte correos comerciales a {address}.",
        "leave": "Darme de baja",
        "left": "Ya no recibirás más correos comerciales de {workspace}.",
        "left_title": "Te has dado de baja",
        "changed_mind": "¿Ha sido sin querer? Marca abajo lo que sí quieres recibir y guarda.",
        "preferences": "Elige qué quieres recibir",
        "save": "Guardar preferencias",
        "saved": "Hemos guardado tus preferencias.",
        "everything": "No quiero ningún correo de {workspace}",
        "everything_explain": "Ni comerciales ni de otro tipo. No volveremos a escribir a esta dirección.",
        "everything_done": "No volveremos a escribir a {address}.",
        "gone_title": "Este enlace no es válido",
        "gone": "Puede que se haya cortado al copiarlo. Ábrelo de nuevo desde el correo.",
        "preview": "Esto es una vista previa: aquí la persona podrá darse de baja.",
        "unknown": "Ya no tenemos tus datos, así que no recibirás más correos.",
        "marketing_email": "Correos comerciales y novedades",
        "sent_by": "Enviado por",
    },
    "en": {
        "title": "Your e-mails",
        "ask": "Do you want to stop these e-mails?",
        "explain": "{workspace} will stop sending marketing e-mail to {address}.",
        "leave": "Unsubscribe",
        "left": "You will get no more marketing e-mail from {workspace}.",
        "left_title": "You are unsubscribed",
        "changed_mind": "Was it by mistake? Tick what you do want to receive below, and save.",
        "preferences": "Choose what you want to receive",
        "save": "Save preferences",
        "saved": "Your preferences are saved.",
        "everything": "I want no e-mail at all from {workspace}",
        "everything_explain": "Neither marketing nor anything else. We will not write to this address again.",
        "everything_done": "We will not write to {address} again.",
        "gone_title": "This link is not valid",
        "gone": "It may have been cut when it was copied. Open it again from the e-mail.",
        "preview": "This is a preview: here the person will be able to unsubscribe.",
        "unknown": "We no longer have your data, so you will get no more e-mails.",
        "marketing_email": "Marketing e-mails and news",
        "sent_by": "Sent by",
    },
}


def language_of(*wanted: str) -> str:
    """The first of these that the page speaks; English otherwise."""
    return next((each for each in wanted if each in WORDS), "en")


def purpose_label(purpose: str, language: str) -> str:
    """A purpose in words: its own where it is a known one, else its name without underscores."""
    return WORDS[language].get(purpose) or purpose.replace("_", " ").capitalize()


def masked(address: str) -> str:
    """``lu***@example.com``: enough to recognise one's own, too little to learn somebody else's from a forwarded message."""
    local, _, domain = address.partition("@")
    return f"{local[:2]}***@{domain}" if domain else ""
