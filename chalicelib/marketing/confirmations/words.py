"""What the confirmation's mail and page say."""

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "subject": "Confirma tu suscripción a {workspace}",
        "hello": "Alguien (esperamos que tú) ha dejado esta dirección en un formulario de {workspace} y ha aceptado:",
        "button": "Confirmar",
        "ignore": "Si no has sido tú, no hagas nada: no te enviaremos nada más. El enlace vale siete días.",
        "title": "Confirma que eres tú",
        "ask": "Has aceptado lo siguiente. Pulsa el botón para que valga.",
        "done_title": "Confirmado",
        "done": "Gracias. Ya está confirmado; puedes cerrar esta página.",
        "expired_title": "Este enlace ya no vale",
        "expired": "Ha pasado más de una semana, o se cortó al copiarlo. Rellena el formulario otra vez.",
        "form": "Ir al formulario",
    },
    "en": {
        "subject": "Confirm your subscription to {workspace}",
        "hello": "Somebody (you, we hope) left this address in a form of {workspace} and agreed to this:",
        "button": "Confirm",
        "ignore": "If it was not you, do nothing: we will send you nothing more. The link works for seven days.",
        "title": "Confirm that it was you",
        "ask": "You agreed to the following. Press the button to make it count.",
        "done_title": "Confirmed",
        "done": "Thank you. It is confirmed; you can close this page.",
        "expired_title": "This link no longer works",
        "expired": "More than a week has passed, or it was cut when it was copied. Fill in the form again.",
        "form": "Go to the form",
    },
}
MAIL = """<div style="max-width:560px;margin:0 auto;padding:24px 16px;font:16px/1.55 Arial,Helvetica,sans-serif">
<p>{{ data.hello }}</p>
{% for line in data.given %}<p style="margin:0 0 12px;padding:12px 16px;border-left:4px solid #0d6e5a">{{ line }}</p>{% endfor %}
<p style="margin:24px 0"><a href="{{ data.link }}" style="background:#0d6e5a;color:#ffffff;padding:12px 24px;border-radius:8px;text-decoration:none;font-weight:bold">{{ data.button }}</a></p>
<p style="color:#52606d;font-size:14px">{{ data.ignore }}</p>
<p style="color:#52606d;font-size:14px">{{ workspace.name }}{% if workspace.postal_address %}, {{ workspace.postal_address }}{% endif %}</p>
</div>"""


def language_of(wanted: str) -> str:
    """A language that the mail and the page speak."""
    return wanted if wanted in WORDS else "en"
