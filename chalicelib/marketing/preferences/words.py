"""The words of the preference centre: also what the consent ledger keeps of what somebody said yes or no to."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.marketing.preferences.domain import Topic

WORDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "title": "Tus correos",
        "ask": "¿Quieres dejar de recibir estos correos?",
        "explain": "{workspace} dejará de enviarte correos comerciales a {address}.",
        "explain_one": "{workspace} dejará de enviarte «{purpose}» a {address}.",
        "leave": "Darme de baja",
        "left": "{workspace} ya no te enviará correos comerciales.",
        "left_one": "{workspace} ya no te enviará «{purpose}».",
        "left_title": "Te has dado de baja",
        "changed_mind": "¿Ha sido sin querer? Marca abajo lo que sí quieres recibir y guarda.",
        "preferences": "Elige qué quieres recibir",
        "preferences_for": "Preferencias de {address}",
        "purposes": "Tipos de correo",
        "topics": "Temas",
        "topics_explain": "Sobre qué quieres que te escribamos.",
        "frequency": "Con qué frecuencia",
        "frequency_all": "Todos los correos",
        "frequency_weekly": "Como mucho, uno a la semana",
        "frequency_monthly": "Como mucho, uno al mes",
        "pause": "Tomarme un descanso",
        "pause_none": "Sin pausa",
        "pause_for": "No recibir correos durante {days} días",
        "pause_keep": "Hasta el {date}",
        "paused": "En pausa hasta el {date}.",
        "language": "Idioma de los correos",
        "es": "Español",
        "en": "Inglés",
        "save": "Guardar preferencias",
        "saved": "Hemos guardado tus preferencias",
        "saved_explain": "Valen desde ahora; un correo que ya esté en camino puede llegar todavía.",
        "leave_title": "Dejar de recibir correos comerciales",
        "everything": "No quiero ningún correo de {workspace}",
        "everything_explain": "Ni comerciales ni de otro tipo. Solo podrá llegarte lo que pidas tú, como un recibo o una contraseña.",
        "everything_done": "No volveremos a escribir a {address}, salvo por lo que pidas tú.",
        "gone_title": "Este enlace no es válido",
        "gone": "Puede que se haya cortado al copiarlo. Ábrelo de nuevo desde el correo.",
        "preview": "Esto es una vista previa: aquí la persona podrá elegir qué recibe o darse de baja.",
        "unknown": "Ya no tenemos tus datos, así que no recibirás más correos.",
        "marketing_email": "Correos comerciales y novedades",
        "channel_email": "correo",
        "channel_phone": "teléfono",
        "channel_post": "correo postal",
        "sent_by": "Enviado por",
    },
    "en": {
        "title": "Your e-mails",
        "ask": "Do you want to stop these e-mails?",
        "explain": "{workspace} will stop sending marketing e-mail to {address}.",
        "explain_one": "{workspace} will stop sending “{purpose}” to {address}.",
        "leave": "Unsubscribe",
        "left": "{workspace} will send you no more marketing e-mail.",
        "left_one": "{workspace} will send you no more “{purpose}”.",
        "left_title": "You are unsubscribed",
        "changed_mind": "Was it by mistake? Tick what you do want to receive below, and save.",
        "preferences": "Choose what you want to receive",
        "preferences_for": "Preferences of {address}",
        "purposes": "Kinds of mail",
        "topics": "Topics",
        "topics_explain": "What you would like us to write to you about.",
        "frequency": "How often",
        "frequency_all": "Every e-mail",
        "frequency_weekly": "At most one a week",
        "frequency_monthly": "At most one a month",
        "pause": "Take a break",
        "pause_none": "No break",
        "pause_for": "No e-mails for {days} days",
        "pause_keep": "Until {date}",
        "paused": "On a break until {date}.",
        "language": "Language of the e-mails",
        "es": "Spanish",
        "en": "English",
        "save": "Save preferences",
        "saved": "Your preferences are saved",
        "saved_explain": "They hold from now on; an e-mail that is on its way already may still arrive.",
        "leave_title": "Stop marketing e-mail",
        "everything": "I want no e-mail at all from {workspace}",
        "everything_explain": "Neither marketing nor anything else. Only what you order yourself can still come, such as a receipt or a password.",
        "everything_done": "We will not write to {address} again, but for what you order yourself.",
        "gone_title": "This link is not valid",
        "gone": "It may have been cut when it was copied. Open it again from the e-mail.",
        "preview": "This is a preview: here the person will be able to choose what they get, or to unsubscribe.",
        "unknown": "We no longer have your data, so you will get no more e-mails.",
        "marketing_email": "Marketing e-mails and news",
        "channel_email": "e-mail",
        "channel_phone": "phone",
        "channel_post": "post",
        "sent_by": "Sent by",
    },
}
_MONTHS: Mapping[str, tuple[str, ...]] = {
    "es": (
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip


def language_of(*wanted: str) -> str:
    """The first of these that the page speaks; English otherwise."""
    return next((each for each in wanted if each in WORDS), "en")


def topic_label(topic: "Topic", language: str) -> str:
    """A topic as the page shows it, with its description."""
    name, description = text_in(topic.name, language), text_in(topic.description, language)
    return f"{name}: {description}" if description else name


def text_in(texts: Mapping[str, str], language: str) -> str:
    """The text in this language, or in the other one where it was left out."""
    return texts.get(language) or next((text for text in texts.values() if text), "")


def day(year: int, month: int, number: int, language: str) -> str:
    """A date in words: ``20 de diciembre de 2026``."""
    name = _MONTHS[language][month - 1]
    return f"{number} de {name} de {year}" if language == "es" else f"{number} {name} {year}"


def masked(address: str) -> str:
    """``lu***@example.com``: enough to recognise one's own, too little to learn somebody else's from a forwarded message."""
    local, _, domain = address.partition("@")
    return f"{local[:2]}***@{domain}" if domain else ""
