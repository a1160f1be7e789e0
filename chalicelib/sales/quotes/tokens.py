"""The secret in a quote's link: the workspace and the quote, signed. It works as long as the quote is there."""

from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.signing import BadTokenError, Signer

_PURPOSE = "quote"


def make_token(signer: Signer, workspace_id: str, quote_id: str) -> str:
    """The token of a quote: the same whenever it is made."""
    return signer.sign(_PURPOSE, f"{workspace_id}/{quote_id}".encode())


def read_token(signer: Signer, token: str) -> tuple[str, str]:
    """Workspace and quote; `NotFoundError` when the token is none of ours."""
    try:
        payload = signer.open(_PURPOSE, token)
    except BadTokenError as error:
        raise NotFoundError("There is no such quote.") from error
    workspace_id, _, quote_id = payload.decode().partition("/")
    return workspace_id, quote_id
