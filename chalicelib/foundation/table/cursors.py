"""Cursors: where a list goes on, opaque and signed, good for one query in one workspace only."""

import json

from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.signing import BadTokenError, Signer


class Cursors:
    """Writes and reads cursors with the stage's signing secret."""

    def __init__(self, signer: Signer):
        self._signer = signer

    def write(self, workspace_id: str, query: str, position: list[str]) -> str:
        """A cursor for this workspace and this query (its name and filters), standing after ``position``."""
        payload = json.dumps(position, separators=(",", ":")).encode()
        return self._signer.sign(_purpose(workspace_id, query), payload)

    def read(self, workspace_id: str, query: str, cursor: str | None) -> list[str] | None:
        """The position in a cursor, or None without one. `InvalidError` names ``cursor`` when it is not for this query."""
        if not cursor:
            return None
        try:
            position: list[str] = json.loads(self._signer.open(_purpose(workspace_id, query), cursor))
        except BadTokenError as error:
            raise InvalidError("The cursor does not belong to this list.", field="cursor") from error
        return position


def _purpose(workspace_id: str, query: str) -> str:
    return f"cursor\x00{workspace_id}\x00{query}"
