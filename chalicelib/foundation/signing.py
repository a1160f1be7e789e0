"""Tokens that only we can make: HMAC-SHA256 over a purpose and a payload.

A token for one purpose opens nothing else: every purpose has its own key, derived from the stage's secret. Tokens are not
encrypted; nothing private goes inside.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error

from chalicelib.foundation.errors import ClientelaError

_SIGNATURE = 16  # bytes; 128 bits is beyond guessing and keeps links in mails short


class BadTokenError(ClientelaError):
    """The token was not made by us for this purpose, or was cut or changed on the way."""


class Signer:
    """Signs and checks with one secret of at least 32 bytes."""

    def __init__(self, secret: bytes):
        if len(secret) < 32:
            raise ValueError("a signing secret has at least 32 bytes")
        self._secret = secret
        self._macs: dict[str, hmac.HMAC] = {}

    def _mac(self, purpose: str, payload: bytes) -> bytes:
        mac = self._macs.get(purpose)
        if mac is None:
            key = hmac.digest(self._secret, purpose.encode(), hashlib.sha256)
            mac = self._macs[purpose] = hmac.new(key, digestmod="sha256")
        mac = mac.copy()  # with the key taken in already: a mail has ten signatures
        mac.update(payload)
        return mac.digest()

    def digest(self, purpose: str, value: bytes) -> str:
        """A keyed fingerprint in hexadecimal: the same value always gives the same, and tells nothing of the value."""
        return self._mac(purpose, value).hex()

    def sign(self, purpose: str, payload: bytes) -> str:
        """A URL-safe token that carries the payload."""
        signature = self._mac(purpose, payload)[:_SIGNATURE]
        return urlsafe_b64encode(signature + payload).rstrip(b"=").decode()

    def open(self, purpose: str, token: str) -> bytes:
        """The payload of a token made by `sign` for the same purpose; `BadTokenError` for anything else."""
        if len(token) > 4096:
            raise BadTokenError("The token is not valid.")
        try:
            raw = urlsafe_b64decode(token.encode() + b"=" * (-len(token) % 4))
        except (Base64Error, ValueError) as error:
            raise BadTokenError("The token is not valid.") from error
        signature, payload = raw[:_SIGNATURE], raw[_SIGNATURE:]
        if not hmac.compare_digest(signature, self._mac(purpose, payload)[:_SIGNATURE]):
            raise BadTokenError("The token is not valid.")
        return payload
