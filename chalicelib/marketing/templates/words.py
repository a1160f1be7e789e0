"""Notices in words, in Spanish and English."""

from collections.abc import Mapping

from chalicelib.marketing.templates.domain import Notice

NOTICES: Mapping[str, tuple[str, str]] = {
    "opt_out_added": (
        "No hay enlace de baja: se añade uno al final.",
        "There is no unsubscribe link; one is added at the end.",
    ),
    "links_not_counted": (
        "Los clics en enlaces cuya dirección lleva un marcador no se cuentan.",
        "Clicks on links whose address holds a placeholder are not counted.",
    ),
    "fallback_missing": (
        '{name} no tiene texto alternativo: quien no tenga ese dato verá un hueco. Escribe {{{{ {name} | default("…") }}}}.',
        '{name} has no fallback: people without it see a gap. Write {{{{ {name} | default("…") }}}}.',
    ),
    "big_mail": (
        "El correo ocupa {kb} KB; Gmail lo corta a los 102 KB.",
        "The message has {kb} KB; Gmail cuts it at 102 KB.",
    ),
    "link_broken": ("Esta dirección no es válida: {address}", "This address is not valid: {address}"),
    "link_odd": (
        "Revisa esta dirección, que no parece de una web pública: {address}",
        "Look at this address again, it does not seem to be on the public web: {address}",
    ),
    "link_insecure": (
        "El enlace no usa https: {address}",
        "The link does not use https: {address}",
    ),
    "link_local": (
        "El enlace lleva a tu propio ordenador o red, donde nadie más llega: {address}",
        "The link leads to your own computer or network, where nobody else gets: {address}",
    ),
    "link_empty": ("Hay un enlace sin dirección.", "There is a link without an address."),
    "link_placeholder_only": (
        "La dirección entera sale de un dato ({address}): quien no lo tenga recibe un enlace roto.",
        "The whole address comes from a value ({address}): people without it get a broken link.",
    ),
    "image_no_alt": (
        "La imagen no tiene texto alternativo: no se entiende si no se carga ni la lee un lector de pantalla.",
        "The picture has no alternative text: it says nothing when it does not load, or to a screen reader.",
    ),
    "image_insecure": (
        "La imagen no usa https y muchos programas no la mostrarán: {address}",
        "The picture does not use https, and many programs will not show it: {address}",
    ),
    "image_local": (
        "La imagen está en tu propio ordenador o red, donde nadie más llega: {address}",
        "The picture is on your own computer or network, where nobody else gets: {address}",
    ),
    "images_many": (
        "Hay mucha imagen y poco texto ({images} imágenes, {words} palabras): parece publicidad no deseada y sin imágenes no queda nada.",
        "There are many pictures and few words ({images} pictures, {words} words): it looks like spam, and nothing is left without them.",
    ),
    "spam_word": (
        "«{word}» suele llevar a la carpeta de no deseados: {why_es}.",
        "“{word}” often leads to the spam folder: {why_en}.",
    ),
    "subject_missing": ("Falta el asunto.", "The subject is empty."),
    "subject_long": (
        "El asunto tiene {length} caracteres; en un teléfono se ven unos 45.",
        "The subject has {length} characters; a phone shows about 45.",
    ),
    "subject_shouting": (
        "El asunto grita: mayúsculas o signos de exclamación de más.",
        "The subject shouts: too many capitals or exclamation marks.",
    ),
    "preheader_missing": (
        "No hay texto previo: junto al asunto se verá el principio del correo.",
        "There is no preheader: the beginning of the mail will be seen beside the subject.",
    ),
    "postal_address_missing": (
        "El espacio de trabajo no tiene dirección postal; la ley pide una en cada campaña.",
        "The workspace has no postal address; the law wants one in every campaign.",
    ),
    "address_missing": (
        "El texto no muestra la dirección postal: se añade al final.",
        "The text does not show the postal address; it is added at the end.",
    ),
    "contrast_low": (
        "{what_es} se lee mal: el contraste es {ratio}, y debería ser 4,5 o más.",
        "{what_en} is hard to read: the contrast is {ratio}, and should be 4.5 or more.",
    ),
    "empty_message": ("El correo no dice nada todavía.", "The mail says nothing yet."),
}
"""Spanish and English by code; braces name the notice's parameters."""

PLACEHOLDERS: Mapping[str, tuple[str, str, str]] = {
    "contact.first_name": ("text", "Nombre", "First name"),
    "contact.last_name": ("text", "Apellidos", "Last name"),
    "contact.display_name": ("text", "Nombre completo", "Full name"),
    "contact.title": ("text", "Tratamiento", "Title"),
    "contact.email": ("text", "Correo electrónico", "E-mail address"),
    "contact.city": ("text", "Ciudad", "City"),
    "contact.country": ("text", "País", "Country"),
    "contact.language": ("text", "Idioma", "Language"),
    "contact.job_title": ("text", "Cargo", "Job title"),
    "contact.company_name": ("text", "Empresa", "Company"),
    "contact.birthday": ("date", "Cumpleaños", "Birthday"),
    "contact.lifecycle_stage": ("text", "Etapa del ciclo de vida", "Lifecycle stage"),
    "contact.tags": ("list", "Etiquetas", "Tags"),
    "workspace.name": ("text", "Nombre del espacio de trabajo", "Name of the workspace"),
    "workspace.postal_address": ("text", "Dirección postal", "Postal address"),
    "workspace.sender_name": ("text", "Nombre del remitente", "Sender's name"),
    "campaign.name": ("text", "Nombre de la campaña", "Name of the campaign"),
    "campaign.subject": ("text", "Asunto", "Subject"),
    "today": ("date", "Día del envío", "Day of sending"),
    "unsubscribe_url": ("link", "Enlace de baja", "Unsubscribe link"),
    "preferences_url": ("link", "Enlace a las preferencias", "Link to the preferences"),
}
"""What texts may name: its kind, and its label in Spanish and English."""


def message(notice: Notice, language: str) -> str:
    """What a notice says in this language; one that is not known here says what it came with."""
    known = NOTICES.get(notice.code)
    if known is None:
        return notice.message
    try:
        return known[language == "en"].format(**notice.params)
    except (KeyError, IndexError):
        return notice.message
