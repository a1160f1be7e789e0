"""Form tokens: proof that a post follows from a form that was shown, a moment ago and not hours ago.

A token is signed and carries the form's key, a nonce and the language in which the form was shown, so that the wording that is
recorded with a consent is the one that was read. The nonce is a ULID and so says itself when it was made; the submission
is stored under it, which is why a token works once.
"""

from datetime import datetime

from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.ids import is_id, made_at
from chalicelib.foundation.signing import BadTokenError, Signer
from chalicelib.marketing.forms.domain import MAXIMUM_AGE, MINIMUM_AGE

_PURPOSE = "form"


def issue(signer: Signer, *, form_key: str, nonce: str, language: str = "") -> str:
    """A token for one post of this form, shown in this language; ``nonce`` is a new id."""
    return signer.sign(_PURPOSE, f"{form_key}:{nonce}:{language}".encode())


def redeem(signer: Signer, token: str, *, form_key: str, now: datetime) -> tuple[str, str]:
    """The nonce and the language in a token. `InvalidError` names ``token``; its code is ``missing``, ``forged``, ``expired`` or ``too_fast``."""
    if not token:
        raise InvalidError("The form's token is missing.", field="token", code="missing")
    try:
        key, _, rest = signer.open(_PURPOSE, token).decode().partition(":")
    except (BadTokenError, ValueError) as error:
        raise InvalidError("The form's token is not valid.", field="token", code="forged") from error
    nonce, _, language = rest.partition(":")
    if key != form_key or not is_id(nonce):
        raise InvalidError("The token belongs to another form.", field="token", code="forged")
    age = now - made_at(nonce)
    if age > MAXIMUM_AGE:
        raise InvalidError("The form was open for too long; load it again.", field="token", code="expired")
    if age < MINIMUM_AGE:
        raise InvalidError("That was too fast; wait a moment and send it again.", field="token", code="too_fast")
    return nonce, language
