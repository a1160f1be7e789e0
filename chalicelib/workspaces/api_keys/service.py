"""Making and revoking API keys."""

from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chalicelib.foundation.table import Delete, Page, Table
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.workspaces.api_keys import store
from chalicelib.workspaces.api_keys.domain import SHOWN, ApiKey, digest_of, make
from chalicelib.workspaces.api_keys.records import ApiKeyRecord, api_key_key
from chalicelib.workspaces.audit import service as audit
from chalicelib.workspaces.members.domain import PERMISSIONS

if TYPE_CHECKING:
    from chalicelib.foundation.http import Actor


def create_api_key(
    *,
    table: Table,
    clock: Clock,
    actor: "Actor",
    workspace_id: str,
    key_id: str,
    name: str,
    scopes: frozenset[str],
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its secret text, which nobody can read again. A key opens no more than its maker may do."""
    if not (scopes & PERMISSIONS) <= actor.permissions:
        raise ForbiddenError("A key cannot do more than whoever makes it.")
    return add_api_key(
        table=table,
        clock=clock,
        workspace_id=workspace_id,
        key_id=key_id,
        name=name,
        scopes=scopes,
        expires_at=expires_at,
        changed_by=actor.reference,
    )


def add_api_key(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    key_id: str,
    name: str,
    scopes: frozenset[str],
    expires_at: datetime | None = None,
    secret: str = "",
    changed_by: str = "system",
) -> tuple[ApiKey, str]:
    """A key, without asking who may; for seeding and for `create_api_key`. ``secret`` is a ``ck_live_…`` text to take
    instead of a new one. `ConflictError` with the `ApiKey` when the id is taken.
    """
    unknown = scopes - PERMISSIONS
    if unknown or not scopes:
        raise InvalidError("One or more of the permissions there are.", field="scopes", code="unknown_scope")
    now = clock.now()
    if expires_at is not None and expires_at <= now:
        raise InvalidError("A time to come.", field="expires_at", code="past")
    text = secret or make()
    api_key = ApiKey(
        workspace_id=workspace_id,
        id=key_id,
        name=name,
        prefix=text[:SHOWN],
        digest=digest_of(text),
        scopes=scopes,
        created_at=now,
        updated_at=now,
        expires_at=expires_at,
    )
    try:
        table.create(store.to_record(api_key, changed_by=changed_by))
    except ConflictError as conflict:
        current = conflict.current
        raise ConflictError(
            current=store.to_domain(current) if isinstance(current, ApiKeyRecord) else None
        ) from conflict
    return api_key, text


def page_of_api_keys(
    *, table: Table, workspace_id: str, limit: int, after: list[str] | None = None
) -> Page[ApiKeyRecord]:
    """Keys, the newest first."""
    return store.page(table, workspace_id, limit=limit, after=after)


def revoke_api_key(*, table: Table, clock: Clock, actor: "Actor", workspace_id: str, key_id: str) -> None:
    """End a key, within 60 seconds everywhere; `NotFoundError` when there is none."""
    api_key = store.read(table, workspace_id, key_id)
    if api_key is None:
        raise NotFoundError("There is no such key.")
    farewell = audit.deletion(
        workspace_id=workspace_id,
        at=clock.now(),
        actor=actor.reference,
        action="api_key.revoked",
        subject_id=key_id,
        before={"name": api_key.name, "prefix": api_key.prefix, "scopes": sorted(api_key.scopes)},
    )
    try:
        table.transact([Delete(api_key_key(workspace_id, key_id), ApiKeyRecord.digest.exists()), farewell])
    except TransactionConflictError as conflict:
        raise NotFoundError("There is no such key.") from conflict
