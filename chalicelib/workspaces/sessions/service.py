"""Signing in through the user pool."""

import json
from typing import TYPE_CHECKING

from chalicelib.foundation.errors import AuthenticationError
from chalicelib.foundation.identity import NewPasswordRequired, Tokens
from chalicelib.foundation.signing import BadTokenError, Signer

if TYPE_CHECKING:
    from chalicelib.foundation.identity import Identity

_PURPOSE = "new-password"


def sign_in(*, identity: "Identity", signer: Signer, email: str, password: str) -> Tokens | NewPasswordRequired:
    """Tokens, or the order to choose a password. The challenge's session is bound to the address it was given to, so that
    only the person who knew the temporary password can go on with it.
    """
    answer = identity.sign_in(email, password)
    if isinstance(answer, NewPasswordRequired):
        bound = json.dumps([_same(email), answer.session]).encode()
        return NewPasswordRequired(signer.sign(_PURPOSE, bound))
    return answer


def choose_password(*, identity: "Identity", signer: Signer, email: str, session: str, password: str) -> Tokens:
    """The first sign-in's second step."""
    try:
        its_email, its_session = json.loads(signer.open(_PURPOSE, session))
    except BadTokenError as error:
        raise AuthenticationError("This sign-in is over; begin again with the temporary password.") from error
    if its_email != _same(email):
        raise AuthenticationError("This sign-in is over; begin again with the temporary password.")
    return identity.choose_password(email, its_session, password)


def _same(email: str) -> str:
    return email.strip().lower()
