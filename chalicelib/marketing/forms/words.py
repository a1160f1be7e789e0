"""What forms say by themselves, in Spanish and English."""

from collections.abc import Mapping

MESSAGES: Mapping[str, tuple[str, str]] = {
    # problems of a value, by code
    "missing": ("Este campo es obligatorio.", "This field is required."),
    "unknown": ("El formulario no tiene este campo.", "The form has no such field."),
    "type": ("Este valor no es del tipo esperado.", "This value is of the wrong type."),
    "too_long": ("Escribe como máximo {limit} caracteres.", "Use at most {limit} characters."),
    "control_characters": ("Hay caracteres que no se pueden usar.", "Some characters cannot be used here."),
    "email": ("Escribe una dirección de correo válida, como nombre@empresa.com.", "Enter a valid e-mail address, like name@company.com."),
    "phone": ("Escribe un teléfono válido, con su prefijo si es de otro país.", "Enter a valid phone number, with its country code if it is from abroad."),
    "number": ("Escribe un número.", "Enter a number."),
    "date": ("Escribe una fecha válida.", "Enter a valid date."),
    "url": ("Escribe una dirección web válida.", "Enter a valid web address."),
    "choice": ("Elige una de las opciones.", "Choose one of the options."),
    "country": ("Elige un país de la lista.", "Choose a country from the list."),
    "consent": ("Para continuar hace falta tu conformidad.", "We need your agreement to go on."),
    "unknown_consent": ("El formulario no pide esta conformidad.", "The form does not ask for this consent."),
    # problems of the whole post
    "token": ("El formulario ha caducado. Revisa tus datos y envíalo otra vez.", "The form has expired. Check your details and send it again."),
    "token_missing": ("Revisa tus datos y envíalos.", "Check your details and send them."),
    "token_too_fast": ("Ha sido demasiado rápido. Espera unos segundos y envíalo otra vez.", "That was very fast. Wait a few seconds and send it again."),
    "token_reused": ("Este formulario ya se envió. Si quieres enviar otra cosa, hazlo ahora.", "This form was sent before. If you want to send something else, do it now."),
    "throttled": ("Están llegando muchos envíos. Inténtalo dentro de un minuto.", "Many people are sending this form. Try again in a minute."),
    "unavailable": ("Ahora mismo no podemos recibirlo. Inténtalo dentro de un momento.", "We cannot take it right now. Try again in a moment."),
    # the pages
    "submit": ("Enviar", "Send"),
    "required_mark": ("obligatorio", "required"),
    "required_note": ("Los campos con * son obligatorios.", "Fields marked * are required."),
    "choose": ("Elige una opción", "Choose one"),
    "summary_one": ("Falta corregir un dato", "One detail needs correcting"),
    "summary_many": ("Faltan por corregir {count} datos", "{count} details need correcting"),
    "trap": ("Deja este campo vacío", "Leave this field empty"),
    "thanks_title": ("¡Gracias!", "Thank you!"),
    "thanks": ("Hemos recibido tus datos y te escribiremos muy pronto.", "We have received your details and will be in touch soon."),
    "confirm_by_mail": ("Para que cuente lo que has aceptado, pulsa el botón del correo que te enviamos.", "To make what you agreed to count, press the button in the e-mail that we send you."),
    "again": ("Enviar otra respuesta", "Send another response"),
    "closed_title": ("Este formulario está cerrado", "This form is closed"),
    "closed": ("Ahora mismo no admite respuestas. Gracias por tu interés.", "It does not take responses at the moment. Thank you for your interest."),
    "missing_title": ("Aquí no hay ningún formulario", "There is no form here"),
    "missing_page": ("Puede que la dirección no esté completa o que el formulario se haya retirado.", "The address may be incomplete, or the form may have been withdrawn."),
}  # fmt: skip


def say(code: str, language: str, **values: object) -> str:
    """The words for a code in Spanish (``es``) or English."""
    spanish, english = MESSAGES[code]
    return (spanish if language == "es" else english).format(**values)
