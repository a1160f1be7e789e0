"""Signing in as the API takes it."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field

from chalicelib.foundation.http import Schema
from chalicelib.foundation.identity import NewPasswordRequired, Tokens


def _strong(password: str) -> str:
    """The user pool's rules (infra/resources/people.yaml), said before the pool is asked."""
    if not all(re.search(kind, password) for kind in ("[a-z]", "[A-Z]", "[0-9]")):
        raise ValueError("a password has lower-case and upper-case letters and digits")
    return password


Email = Annotated[str, Field(min_length=3, max_length=254)]
Password = Annotated[str, Field(min_length=1, max_length=256)]
NewPassword = Annotated[str, Field(min_length=12, max_length=256), AfterValidator(_strong)]
Token = Annotated[str, Field(min_length=1, max_length=8192)]


class Secretive(Schema):
    """Passwords are taken as they are typed, spaces and all."""

    model_config = {**Schema.model_config, "str_strip_whitespace": False}


class SignIn(Secretive):
    """Address and password."""

    email: Email
    password: Password


class NewPasswordChoice(Secretive):
    """The password chosen at the first sign-in."""

    email: Email
    session: Annotated[str, Field(min_length=1, max_length=4096)]
    new_password: NewPassword


class Refreshing(Schema):
    """The token that was given at sign-in."""

    refresh_token: Token


class ForgottenPassword(Schema):
    """Whose password is forgotten."""

    email: Email


class PasswordReset(Secretive):
    """The mailed code and the new password."""

    email: Email
    code: Annotated[str, Field(min_length=1, max_length=32)]
    new_password: NewPassword


class SessionOut(Schema):
    """Tokens, or a challenge to answer at ``/session/new-password``."""

    access_token: str | None = None
    refresh_token: str | None = None
    expires_in: int | None = None
    challenge: Literal["new_password_required"] | None = None
    session: str | None = None

    @classmethod
    def of(cls, answer: Tokens | NewPasswordRequired) -> Self:
        """The answer as shown."""
        if isinstance(answer, NewPasswordRequired):
            return cls(challenge="new_password_required", session=answer.session)
        return cls(
            access_token=answer.access_token,
            refresh_token=answer.refresh_token or None,
            expires_in=answer.expires_in,
        )
