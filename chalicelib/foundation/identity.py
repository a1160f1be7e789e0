"""The user pool: who people are. Passwords pass through and are never kept or logged.

Nothing here tells whether an address has an account: unknown, disabled and mistaken look alike.
"""

import json
import threading
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NoReturn, Protocol

from chalicelib.foundation.errors import (
    AuthenticationError,
    ClientelaError,
    InvalidError,
    TooManyError,
    UnavailableError,
)
from chalicelib.foundation.settings import Settings


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

    def choose_password(self, email: str, session: str, password: str) -> Tokens:
        """Answer `NewPasswordRequired`; a password against the rules is `InvalidError` on ``new_password``."""
        ...

    def refresh(self, refresh_token: str) -> Tokens: ...

    def sign_out(self, refresh_token: str) -> None:
        """End the refresh token; one that is over already is fine."""
        ...

    def forgot_password(self, email: str) -> None:
        """Mail a code, if there is such a person."""
        ...

    def reset_password(self, email: str, code: str, password: str) -> None:
        """Set a password with the mailed code; `InvalidError` on ``code`` or ``new_password``."""
        ...

    def verify(self, access_token: str) -> Person: ...

    def ensure_user(self, email: str, name: str) -> str:
        """The ``user_id`` of the person with this address, who is invited by mail when they are new to the pool."""
        ...


class _CodeError(ClientelaError):
    """An error of Cognito that has a meaning only to some calls."""

    def __init__(self, code: str):
        self.code = code
        super().__init__(code)


_WRONG = "The e-mail address or the password is wrong."
_BUSY = frozenset({"TooManyRequestsException", "ThrottlingException", "RequestLimitExceeded"})
_LIMITED = frozenset({"LimitExceededException", "TooManyFailedAttemptsException"})
_UNKNOWN = frozenset(
    {
        "NotAuthorizedException",
        "UserNotFoundException",
        "UserNotConfirmedException",
        "PasswordResetRequiredException",  # said before the password is looked at, so it would tell that there is an account
        "InvalidParameterException",
    }
)


class CognitoIdentity:
    """The stage's user pool."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._keys = KeySet(self._address("/.well-known/jwks.json"))

    def _address(self, path: str) -> str:
        base = self._settings.endpoint_url or f"https://cognito-idp.{self._settings.region}.amazonaws.com"
        return f"{base}/{self._settings.user_pool_id}{path}"

    @cached_property
    def _client(self) -> Any:
        import boto3
        from botocore.config import Config

        # A repeated sign-in is harmless, a repeated "forgot password" mails twice: no retries.
        config = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1})
        return boto3.client(
            "cognito-idp",
            region_name=self._settings.region,
            endpoint_url=self._settings.endpoint_url or None,
            config=config,
        )

    def _call(self, operation: str, **request: Any) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer: dict[str, Any] = getattr(self._client, operation)(**request)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
            if code in _BUSY:
                raise TooManyError("Too many requests; try again soon.", retry_after=5) from error
            if status >= 500:
                raise UnavailableError("Sign-in does not answer.") from error
            raise _CodeError(code) from error
        except BotoCoreError as error:
            raise UnavailableError("Sign-in does not answer.") from error
        return answer

    def sign_in(self, email: str, password: str) -> Tokens | NewPasswordRequired:
        """Password sign-in."""
        try:
            answer = self._call(
                "initiate_auth",
                AuthFlow="USER_PASSWORD_AUTH",
                ClientId=self._settings.user_pool_client_id,
                AuthParameters={"USERNAME": _same(email), "PASSWORD": password},
            )
        except _CodeError as error:
            _refuse(error)
        challenge = answer.get("ChallengeName")
        if challenge == "NEW_PASSWORD_REQUIRED":
            return NewPasswordRequired(session=answer["Session"])
        if challenge:
            raise AuthenticationError("This account asks for a second factor, which this sign-in does not know.")
        return _tokens(answer)

    def choose_password(self, email: str, session: str, password: str) -> Tokens:
        """The answer to the challenge of a first sign-in."""
        try:
            answer = self._call(
                "respond_to_auth_challenge",
                ClientId=self._settings.user_pool_client_id,
                ChallengeName="NEW_PASSWORD_REQUIRED",
                Session=session,
                ChallengeResponses={"USERNAME": _same(email), "NEW_PASSWORD": password},
            )
        except _CodeError as error:
            _refuse(error, wrong="This sign-in is over; begin again with the temporary password.")
        return _tokens(answer)

    def refresh(self, refresh_token: str) -> Tokens:
        """New access for a refresh token."""
        try:
            answer = self._call(
                "initiate_auth",
                AuthFlow="REFRESH_TOKEN_AUTH",
                ClientId=self._settings.user_pool_client_id,
                AuthParameters={"REFRESH_TOKEN": refresh_token},
            )
        except _CodeError as error:
            _refuse(error, wrong="Sign in again.")
        return _tokens(answer)

    def sign_out(self, refresh_token: str) -> None:
        """Revoke the refresh token and what came of it."""
        try:
            self._call("revoke_token", Token=refresh_token, ClientId=self._settings.user_pool_client_id)
        except _CodeError:
            return  # no token of ours, or over already: signed out is what was asked for

    def forgot_password(self, email: str) -> None:
        """Mail a code. Silent for everything that depends on the account, its limits included."""
        try:
            self._call("forgot_password", ClientId=self._settings.user_pool_client_id, Username=_same(email))
        except _CodeError as error:
            if error.code not in _UNKNOWN | _LIMITED:
                raise UnavailableError("Sign-in does not answer.") from error

    def reset_password(self, email: str, code: str, password: str) -> None:
        """Set a password with the mailed code."""
        try:
            self._call(
                "confirm_forgot_password",
                ClientId=self._settings.user_pool_client_id,
                Username=_same(email),
                ConfirmationCode=code,
                Password=password,
            )
        except _CodeError as error:
            if error.code in _UNKNOWN:
                raise InvalidError("The code is wrong or too old.", field="code", code="wrong_code") from error
            _refuse(error)

    def ensure_user(self, email: str, name: str) -> str:
        """Find or make the user; a new one gets Cognito's invitation with a temporary password."""
        pool = self._settings.user_pool_id
        try:
            try:
                made = self._call(
                    "admin_create_user",
                    UserPoolId=pool,
                    Username=_same(email),
                    UserAttributes=[
                        {"Name": "email", "Value": _same(email)},
                        {"Name": "email_verified", "Value": "true"},
                        {"Name": "name", "Value": name},
                    ],
                    DesiredDeliveryMediums=["EMAIL"],
                )
                attributes = made["User"]["Attributes"]
            except _CodeError as error:
                if error.code != "UsernameExistsException":
                    raise
                found = self._call("admin_get_user", UserPoolId=pool, Username=_same(email))
                attributes = found["UserAttributes"]
        except _CodeError as error:
            if error.code == "InvalidParameterException":
                raise InvalidError("The address cannot be invited.", field="email") from error
            raise UnavailableError(f"The user pool refused: {error.code}") from error
        return next(str(attribute["Value"]) for attribute in attributes if attribute["Name"] == "sub")

    def verify(self, access_token: str) -> Person:
        """Check signature, issuer, client, use and time of an access token."""
        import jwt

        settings = self._settings
        try:
            key_id = str(jwt.get_unverified_header(access_token).get("kid", ""))
        except jwt.PyJWTError as error:
            raise AuthenticationError("Unknown credentials.") from error
        key = self._keys.get(key_id)
        if key is None:
            raise AuthenticationError("Unknown credentials.")
        try:
            claims = jwt.decode(
                access_token,
                key,
                algorithms=["RS256"],
                issuer=f"https://cognito-idp.{settings.region}.amazonaws.com/{settings.user_pool_id}",
                leeway=10,
                options={"require": ["exp", "iat", "iss", "sub", "token_use", "client_id"], "verify_aud": False},
            )
        except jwt.PyJWTError as error:
            raise AuthenticationError("Unknown credentials.") from error
        if claims["token_use"] != "access" or claims["client_id"] != settings.user_pool_client_id:  # noqa: S105
            raise AuthenticationError("Unknown credentials.")
        return Person(str(claims["sub"]), str(claims.get("username", "")))


class KeySet:
    """The pool's public keys, fetched when first needed and again when a token names one we do not know, at most every
    half minute, so that invented key ids cost nothing.
    """

    def __init__(self, address: str, *, pause: float = 30.0):
        self._address = address
        self._pause = pause
        self._lock = threading.Lock()
        self._fetched = -pause
        self._keys: dict[str, Any] = {}

    def get(self, key_id: str) -> Any | None:
        """The key of this id, or None; `UnavailableError` when the keys cannot be fetched."""
        key = self._keys.get(key_id)
        if key is None:
            with self._lock:
                key = self._keys.get(key_id)
                if key is None and time.monotonic() - self._fetched >= self._pause:
                    self._keys = self._fetch()
                    self._fetched = time.monotonic()
                    key = self._keys.get(key_id)
        return key

    def _fetch(self) -> dict[str, Any]:
        from urllib.error import URLError
        from urllib.request import urlopen

        import jwt

        try:
            with urlopen(self._address, timeout=5) as answer:  # noqa: S310 - the address is made of our own settings
                document = json.loads(answer.read(100_000))
        except (URLError, OSError, ValueError) as error:
            raise UnavailableError("The user pool's keys cannot be read.") from error
        return {
            str(key["kid"]): jwt.PyJWK.from_dict(key)
            for key in document.get("keys", [])
            if key.get("kty") == "RSA" and key.get("kid")
        }


def _same(email: str) -> str:
    """One spelling for one address: the pool takes both, but not every emulation of it does."""
    return email.strip().lower()


def _tokens(answer: dict[str, Any]) -> Tokens:
    result = answer["AuthenticationResult"]
    return Tokens(result["AccessToken"], result.get("RefreshToken", ""), int(result["ExpiresIn"]))


def _refuse(error: _CodeError, wrong: str = _WRONG) -> NoReturn:
    if error.code == "InvalidPasswordException":
        raise InvalidError("The password does not keep the rules.", field="new_password", code="weak") from error
    if error.code in ("CodeMismatchException", "ExpiredCodeException"):
        if wrong is not _WRONG:
            raise AuthenticationError(wrong) from error
        raise InvalidError("The code is wrong or too old.", field="code", code="wrong_code") from error
    if error.code in _LIMITED:
        raise TooManyError("Too many attempts; wait a while.", retry_after=300) from error
    if error.code in _UNKNOWN:
        raise AuthenticationError(wrong) from error
    raise UnavailableError(f"Sign-in refused: {error.code}") from error


@dataclass(slots=True)
class FakeUser:
    """A person in `FakeIdentity`."""

    user_id: str
    email: str
    name: str
    password: str
    temporary: bool
    code: str = ""


class FakeIdentity:
    """A user pool in memory, for tests. Tokens are readable: ``access.<user id>``, ``refresh.<user id>``."""

    TEMPORARY = "Temporary-1"
    CODE = "123456"

    def __init__(self) -> None:
        self.users: dict[str, FakeUser] = {}
        self.invited: list[str] = []
        self.mailed: list[str] = []
        self.ended: set[str] = set()

    def add(self, email: str, name: str, password: str, user_id: str = "") -> str:
        """A person with a password; their id."""
        user_id = user_id or f"user-{len(self.users) + 1}"
        self.users[email] = FakeUser(user_id, email, name, password, temporary=False)
        return user_id

    def _known(self, email: str, password: str) -> FakeUser:
        user = self.users.get(email.lower())
        if user is None or user.password != password:
            raise AuthenticationError(_WRONG)
        return user

    @staticmethod
    def _check(password: str) -> None:
        if len(password) < 12:
            raise InvalidError("The password does not keep the rules.", field="new_password", code="weak")

    def sign_in(self, email: str, password: str) -> Tokens | NewPasswordRequired:
        user = self._known(email, password)
        if user.temporary:
            return NewPasswordRequired(session=f"session.{user.user_id}")
        return Tokens(f"access.{user.user_id}", f"refresh.{user.user_id}", 3600)

    def choose_password(self, email: str, session: str, password: str) -> Tokens:
        user = self.users.get(email.lower())
        if user is None or not user.temporary or session != f"session.{user.user_id}":
            raise AuthenticationError("This sign-in is over; begin again with the temporary password.")
        self._check(password)
        user.password, user.temporary = password, False
        return Tokens(f"access.{user.user_id}", f"refresh.{user.user_id}", 3600)

    def refresh(self, refresh_token: str) -> Tokens:
        if refresh_token in self.ended or not refresh_token.startswith("refresh."):
            raise AuthenticationError("Sign in again.")
        return Tokens(f"access.{refresh_token.removeprefix('refresh.')}", "", 3600)

    def sign_out(self, refresh_token: str) -> None:
        self.ended.add(refresh_token)

    def forgot_password(self, email: str) -> None:
        user = self.users.get(email.lower())
        if user is not None:
            user.code = self.CODE
            self.mailed.append(user.email)

    def reset_password(self, email: str, code: str, password: str) -> None:
        user = self.users.get(email.lower())
        if user is None or not user.code or user.code != code:
            raise InvalidError("The code is wrong or too old.", field="code", code="wrong_code")
        self._check(password)
        user.password, user.code, user.temporary = password, "", False

    def verify(self, access_token: str) -> Person:
        user_id = access_token.removeprefix("access.")
        if user_id == access_token or all(user.user_id != user_id for user in self.users.values()):
            raise AuthenticationError("Unknown credentials.")
        return Person(user_id, user_id)

    def ensure_user(self, email: str, name: str) -> str:
        user = self.users.get(email.lower())
        if user is None:
            self.add(email.lower(), name, self.TEMPORARY)
            user = self.users[email.lower()]
            user.temporary = True
            self.invited.append(user.email)
        return user.user_id
