"""Authentication of people and API keys (grows with the members feature)."""

from chalicelib.foundation.errors import AuthenticationError
from chalicelib.foundation.http import Actor
from chalicelib.foundation.runtime import Runtime


class Access:
    """Knows nobody yet."""

    def authenticate(self, runtime: Runtime, bearer: str, workspace_id: str) -> Actor:
        """Nobody is known."""
        raise AuthenticationError("Unknown credentials.")
