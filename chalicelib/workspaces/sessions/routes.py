"""Signing in. None of these answers tells whether an address has an account; none is kept for a repetition."""

from chalicelib.foundation.http import Answer, Call, Routes
from chalicelib.foundation.http.call import PUBLIC
from chalicelib.workspaces.sessions import service
from chalicelib.workspaces.sessions.schemas import (
    ForgottenPassword,
    NewPasswordChoice,
    PasswordReset,
    Refreshing,
    SessionOut,
    SignIn,
)

routes = Routes("session", __name__)
_SHARED = {"permission": PUBLIC, "once": False, "errors": (401, 429, 503)}


@routes.post("/session", body=SignIn, returns=SessionOut, **_SHARED)
def sign_in(call: Call[SignIn]) -> SessionOut:
    """Sign in with address and password."""
    answer = service.sign_in(
        identity=call.runtime.identity,
        signer=call.runtime.signer,
        email=call.body.email,
        password=call.body.password,
    )
    return SessionOut.of(answer)


@routes.post("/session/new-password", body=NewPasswordChoice, returns=SessionOut, **_SHARED)
def choose_password(call: Call[NewPasswordChoice]) -> SessionOut:
    """Choose a password at the first sign-in."""
    tokens = service.choose_password(
        identity=call.runtime.identity,
        signer=call.runtime.signer,
        email=call.body.email,
        session=call.body.session,
        password=call.body.new_password,
    )
    return SessionOut.of(tokens)


@routes.post("/session/refresh", body=Refreshing, returns=SessionOut, **_SHARED)
def refresh_session(call: Call[Refreshing]) -> SessionOut:
    """New access for a refresh token."""
    return SessionOut.of(call.runtime.identity.refresh(call.body.refresh_token))


@routes.post("/session/forgotten-password", body=ForgottenPassword, status=202, **_SHARED)
def forget_password(call: Call[ForgottenPassword]) -> Answer:
    """Mail a code to this address, if it has an account. The answer is the same if not."""
    call.runtime.identity.forgot_password(call.body.email)
    return Answer(status=202)


@routes.post("/session/reset-password", body=PasswordReset, status=204, **_SHARED)
def reset_password(call: Call[PasswordReset]) -> None:
    """Set a new password with the mailed code."""
    call.runtime.identity.reset_password(call.body.email, call.body.code.strip(), call.body.new_password)


@routes.post("/session/sign-out", body=Refreshing, status=204, **_SHARED)
def sign_out(call: Call[Refreshing]) -> None:
    """End the refresh token. Access tokens that came of it end within the hour."""
    call.runtime.identity.sign_out(call.body.refresh_token)
