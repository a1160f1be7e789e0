"""Cognito's answers in our words, and which access tokens are believed."""

import json
import time
from collections.abc import Callable
from typing import Any

import boto3
import jwt
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.stub import Stubber
from cryptography.hazmat.primitives.asymmetric import rsa

from chalicelib.foundation.errors import AuthenticationError, InvalidError, TooManyError, UnavailableError
from chalicelib.foundation.identity import CognitoIdentity, KeySet, NewPasswordRequired, Person, Tokens
from chalicelib.foundation.settings import from_environment

POOL, CLIENT = "eu-west-1_pool", "client1"
ISSUER = f"https://cognito-idp.eu-west-1.amazonaws.com/{POOL}"
RESULT = {"AuthenticationResult": {"AccessToken": "a", "RefreshToken": "r", "ExpiresIn": 3600}}
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def identity() -> CognitoIdentity:
    values = {"USER_POOL_ID": POOL, "USER_POOL_CLIENT_ID": CLIENT, "AWS_REGION": "eu-west-1"}
    made = CognitoIdentity(from_environment(values))
    made.__dict__["_client"] = boto3.client(
        "cognito-idp", region_name="eu-west-1", config=Config(signature_version=UNSIGNED)
    )
    return made


@pytest.fixture
def cognito(identity: CognitoIdentity) -> Any:
    with Stubber(identity._client) as stubber:
        yield stubber


def test_sign_in(identity: CognitoIdentity, cognito: Stubber) -> None:
    expected = {
        "AuthFlow": "USER_PASSWORD_AUTH",
        "ClientId": CLIENT,
        "AuthParameters": {"USERNAME": "ana@acme.example", "PASSWORD": " pass "},
    }
    cognito.add_response("initiate_auth", RESULT, expected)
    assert identity.sign_in(" Ana@Acme.example", " pass ") == Tokens("a", "r", 3600)
    cognito.add_response("initiate_auth", {"ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": "s" * 20})
    assert identity.sign_in("ana@acme.example", "x") == NewPasswordRequired("s" * 20)
    cognito.add_response("initiate_auth", {"ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": "s" * 20})
    with pytest.raises(AuthenticationError):
        identity.sign_in("ana@acme.example", "x")


CALLS: dict[str, tuple[str, Callable[[CognitoIdentity], Any]]] = {
    "sign_in": ("initiate_auth", lambda it: it.sign_in("a@b.example", "x")),
    "choose": ("respond_to_auth_challenge", lambda it: it.choose_password("a@b.example", "s" * 20, "New-Password-1")),
    "refresh": ("initiate_auth", lambda it: it.refresh("r")),
    "sign_out": ("revoke_token", lambda it: it.sign_out("r")),
    "forgot": ("forgot_password", lambda it: it.forgot_password("a@b.example")),
    "reset": ("confirm_forgot_password", lambda it: it.reset_password("a@b.example", "1", "New-Password-1")),
    "ensure": ("admin_create_user", lambda it: it.ensure_user("a@b.example", "A")),
}


@pytest.mark.parametrize(
    "call, code, error",
    [
        ("sign_in", "NotAuthorizedException", AuthenticationError),
        ("sign_in", "UserNotFoundException", AuthenticationError),
        ("sign_in", "PasswordResetRequiredException", AuthenticationError),
        ("sign_in", "UserNotConfirmedException", AuthenticationError),
        ("sign_in", "InvalidParameterException", AuthenticationError),
        ("sign_in", "TooManyRequestsException", TooManyError),
        ("sign_in", "LimitExceededException", TooManyError),
        ("sign_in", "InternalErrorException", UnavailableError),
        ("sign_in", "ResourceNotFoundException", UnavailableError),
        ("choose", "InvalidPasswordException", InvalidError),
        ("choose", "CodeMismatchException", AuthenticationError),
        ("choose", "ExpiredCodeException", AuthenticationError),
        ("choose", "NotAuthorizedException", AuthenticationError),
        ("refresh", "NotAuthorizedException", AuthenticationError),
        ("sign_out", "UnauthorizedException", None),
        ("sign_out", "UnsupportedTokenTypeException", None),
        ("forgot", "UserNotFoundException", None),
        ("forgot", "NotAuthorizedException", None),
        ("forgot", "InvalidParameterException", None),
        ("forgot", "LimitExceededException", None),
        ("forgot", "TooManyRequestsException", TooManyError),
        ("forgot", "CodeDeliveryFailureException", UnavailableError),
        ("reset", "CodeMismatchException", InvalidError),
        ("reset", "ExpiredCodeException", InvalidError),
        ("reset", "UserNotFoundException", InvalidError),
        ("reset", "NotAuthorizedException", InvalidError),
        ("reset", "InvalidPasswordException", InvalidError),
        ("reset", "TooManyFailedAttemptsException", TooManyError),
        ("reset", "LimitExceededException", TooManyError),
        ("ensure", "InvalidParameterException", InvalidError),
        ("ensure", "UnsupportedUserStateException", UnavailableError),
    ],
)
def test_refusals(
    identity: CognitoIdentity, cognito: Stubber, call: str, code: str, error: type[Exception] | None
) -> None:
    operation, run = CALLS[call]
    cognito.add_client_error(operation, code, "Why", http_status_code=500 if code.startswith("Internal") else 400)
    if error is None:
        assert run(identity) is None
    else:
        with pytest.raises(error) as caught:
            run(identity)
        assert "Why" not in str(caught.value)


def test_a_wrong_code_and_an_unknown_address_look_alike(identity: CognitoIdentity, cognito: Stubber) -> None:
    said = []
    for code in ("CodeMismatchException", "UserNotFoundException", "ExpiredCodeException", "NotAuthorizedException"):
        cognito.add_client_error("confirm_forgot_password", code)
        with pytest.raises(InvalidError) as caught:
            identity.reset_password("a@b.example", "1", "New-Password-1")
        said.append((str(caught.value), caught.value.fields))
    assert len(set(said)) == 1


def test_an_invitation_and_one_who_is_there(identity: CognitoIdentity, cognito: Stubber) -> None:
    user = {"User": {"Username": "u", "Attributes": [{"Name": "email", "Value": "x"}, {"Name": "sub", "Value": "s1"}]}}
    cognito.add_response(
        "admin_create_user",
        user,
        {
            "UserPoolId": POOL,
            "Username": "ana@acme.example",
            "UserAttributes": [
                {"Name": "email", "Value": "ana@acme.example"},
                {"Name": "email_verified", "Value": "true"},
                {"Name": "name", "Value": "Ana"},
            ],
            "DesiredDeliveryMediums": ["EMAIL"],
        },
    )
    assert identity.ensure_user("Ana@acme.example", "Ana") == "s1"
    cognito.add_client_error("admin_create_user", "UsernameExistsException")
    found = {"Username": "u", "UserAttributes": [{"Name": "sub", "Value": "s2"}]}
    cognito.add_response("admin_get_user", found, {"UserPoolId": POOL, "Username": "ana@acme.example"})
    assert identity.ensure_user("ana@acme.example", "Ana") == "s2"


def token(key: Any = KEY, kid: str | None = "k1", algorithm: str = "RS256", **claims: Any) -> str:
    now = int(time.time())
    content = {
        "sub": "u1",
        "username": "name",
        "iss": ISSUER,
        "client_id": CLIENT,
        "token_use": "access",
        "iat": now,
        "exp": now + 3600,
    }
    content = {name: value for name, value in (content | claims).items() if value is not None}
    return jwt.encode(content, key, algorithm=algorithm, headers={"kid": kid} if kid else {})


@pytest.fixture
def believing(identity: CognitoIdentity) -> CognitoIdentity:
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
    identity._keys._keys = {"k1": jwt.PyJWK.from_dict({**public, "kid": "k1", "alg": "RS256"})}
    identity._keys._fetched = time.monotonic()
    return identity


def test_a_good_token(believing: CognitoIdentity) -> None:
    assert believing.verify(token()) == Person("u1", "name")


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "x",
        "a.b.c",
        token(OTHER_KEY),
        token(kid="k2"),
        token(kid=None),
        token("k" * 32, algorithm="HS256"),
        token(None, algorithm="none"),
        token(iss="https://evil.example"),
        token(iss=ISSUER + "x"),
        token(client_id="other"),
        token(client_id=None),
        token(token_use="id"),
        token(token_use=None),
        token(sub=None),
        token(exp=int(time.time()) - 60),
        token(exp=None),
        token(nbf=int(time.time()) + 600),
        token()[:-4] + "AAAA",
    ],
)
def test_bad_tokens(believing: CognitoIdentity, bad: str) -> None:
    with pytest.raises(AuthenticationError) as caught:
        believing.verify(bad)
    assert str(caught.value) == "Unknown credentials."


def test_keys_are_fetched_once_and_for_unknown_ids_rarely(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = KeySet("http://127.0.0.1:9/nowhere", pause=30)
    fetched: list[int] = []
    now = [100.0]

    def fetch() -> dict[str, Any]:
        fetched.append(1)
        return {"k1": "key"} if len(fetched) == 1 else {"k1": "key", "k2": "new"}

    monkeypatch.setattr(keys, "_fetch", fetch)
    monkeypatch.setattr("chalicelib.foundation.identity.time.monotonic", lambda: now[0])
    assert keys.get("k1") == "key"
    assert [keys.get("k2") for _ in range(5)] == [None] * 5
    assert len(fetched) == 1
    now[0] += 30
    assert keys.get("k2") == "new"
    assert len(fetched) == 2


def test_keys_that_cannot_be_read_are_said() -> None:
    with pytest.raises(UnavailableError):
        KeySet("http://127.0.0.1:9/nowhere").get("k1")
