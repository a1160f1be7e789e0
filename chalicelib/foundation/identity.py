"""The user pool: who people are. Passwords pass through and are never kept or logged."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in gives. ``expires_in`` is in seconds; a refresh gives no new refresh token (empty)."""

    access_token: str
    refresh_token: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class NewPasswordRequired:
    """The first sign-in with a temporary password: the person has to choose one."""

    session: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who an access token belongs to: the pool's stable id (``sub``)."""

    user_id: str
    username: str


class Identity(Protocol):
    """Sign-in and users. Wrong credentials are `AuthenticationError`, whatever about them is wrong."""

    def sign_in(self, email: str, password: str) -> Tokens | NewPasswordRequired: ...

    def choose_password(self, email: str, session: str, password: str) -> Tokens: ...

    def refresh(self, refresh_token: str) -> Tokens: ...

    def sign_out(self, refresh_token: str) -> None: ...

    def forgot_password(self, email: str) -> None: ...

    def reset_password(self, email: str, code: str, password: str) -> None: ...

    def verify(self, access_token: str) -> Person: ...

    def ensure_user(self, email: str, name: str) -> str: ...
