"""Who is calling: one way in for people (access tokens of the user pool) and for programs (``ck_live_…`` keys).

Deny by default: whatever is not known, expired, revoked or of another workspace ends here. Keys and memberships are read
from the table and believed for 50 seconds, so that a revoked access stops within 60.
"""

import hmac
from datetime import timedelta
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from chalicelib.foundation.errors import AuthenticationError, ConflictError, NotFoundError, UnavailableError
from chalicelib.foundation.http import Actor
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.memory import Memory
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.api_keys import domain as keys
from chalicelib.workspaces.api_keys import store as key_store
from chalicelib.workspaces.api_keys.domain import ApiKey
from chalicelib.workspaces.members import store as member_store
from chalicelib.workspaces.members.domain import PERMISSIONS, Member

if TYPE_CHECKING:
    from chalicelib.foundation.table import Table

BELIEVED = 50.0  # seconds
_LONGEST_KEY = 100
_LONGEST_TOKEN = 8192
_KEY_NOTED = timedelta(minutes=1)
_MEMBER_NOTED = timedelta(minutes=15)


class _Known:
    """What one table's keys and members were when last read. Unknown ones are not remembered: they may appear."""

    def __init__(self) -> None:
        self.keys: Memory[str, ApiKey] = Memory(seconds=BELIEVED)
        self.members: Memory[tuple[str, str], Member] = Memory(seconds=BELIEVED)


class Access:
    """The `Authenticator` of the API."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Table, _Known] = WeakKeyDictionary()

    def authenticate(self, runtime: Runtime, bearer: str, workspace_id: str) -> Actor:
        """The actor behind a key or an access token; see `Authenticator`."""
        known = self._known.setdefault(runtime.table, _Known())
        if bearer.startswith(keys.PREFIX):
            return self._program(runtime, known, bearer, workspace_id)
        return self._person(runtime, known, bearer, workspace_id)

    def _program(self, runtime: Runtime, known: _Known, bearer: str, workspace_id: str) -> Actor:
        if len(bearer) > _LONGEST_KEY:
            raise AuthenticationError("Unknown credentials.")
        now = runtime.clock.now()
        digest = keys.digest_of(bearer)

        def ask() -> ApiKey:
            found = key_store.find(runtime.table, digest)
            # The index was asked for a digest, of which an attacker cannot choose a prefix; compared in constant time still.
            if found is None or not hmac.compare_digest(found.digest, digest):
                raise AuthenticationError("Unknown credentials.")
            if found.last_used_at is None or now - found.last_used_at >= _KEY_NOTED:
                try:
                    key_store.used(runtime.table, found, now)
                except ConflictError as conflict:  # revoked; the index did not know yet
                    raise AuthenticationError("Unknown credentials.") from conflict
                except UnavailableError:
                    pass  # a note, nothing to fail for
            return found

        api_key = known.keys.get(digest, now.timestamp(), ask)
        if not api_key.valid_at(now):
            raise AuthenticationError("Unknown credentials.")
        if workspace_id and workspace_id != api_key.workspace_id:
            raise NotFoundError("There is no such workspace.")
        # A scope that the product no longer has gives nothing.
        return Actor("api_key", api_key.id, api_key.workspace_id, "", api_key.scopes & PERMISSIONS)

    def _person(self, runtime: Runtime, known: _Known, bearer: str, workspace_id: str) -> Actor:
        if len(bearer) > _LONGEST_TOKEN:
            raise AuthenticationError("Unknown credentials.")
        person = runtime.identity.verify(bearer)
        if not workspace_id:
            return Actor("member", person.user_id)
        if not is_id(workspace_id):
            raise NotFoundError("There is no such workspace.")
        now = runtime.clock.now()

        def ask() -> Member:
            found = member_store.read(runtime.table, workspace_id, person.user_id)
            if found is None:
                raise NotFoundError("There is no such workspace.")
            if found.last_seen_at is None or now - found.last_seen_at >= _MEMBER_NOTED:
                try:
                    member_store.seen(runtime.table, found, now)
                except ConflictError as conflict:  # removed meanwhile
                    raise NotFoundError("There is no such workspace.") from conflict
                except UnavailableError:
                    pass
            return found

        member = known.members.get((workspace_id, person.user_id), now.timestamp(), ask)
        return Actor("member", member.user_id, workspace_id, member.role, member.permissions, member.email)
