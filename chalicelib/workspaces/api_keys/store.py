"""Reading and writing API keys."""

from datetime import datetime

from chalicelib.foundation.table import Page, Table, partition
from chalicelib.workspaces.api_keys.domain import ApiKey
from chalicelib.workspaces.api_keys.records import ApiKeyRecord, api_key_key, digest_partition


def read(table: Table, workspace_id: str, key_id: str) -> ApiKey | None:
    """An API key, or None."""
    record = table.get(ApiKeyRecord, api_key_key(workspace_id, key_id), consistent=True)
    return None if record is None else to_domain(record)


def find(table: Table, digest: str) -> ApiKey | None:
    """The key with this digest, or None."""
    found = table.query(ApiKeyRecord, digest_partition(digest), index="gsi1", limit=1).items
    return to_domain(found[0]) if found else None


def page(table: Table, workspace_id: str, *, limit: int, after: list[str] | None) -> Page[ApiKeyRecord]:
    """Keys of a workspace, the newest first."""
    start = dict(api_key_key(workspace_id, after[0]).image()) if after else None
    return table.query(
        ApiKeyRecord, partition(workspace_id), begins_with="APIKEY#", limit=limit, start=start, newest_first=True
    )


def used(table: Table, api_key: ApiKey, at: datetime) -> None:
    """Note when the key was last used; no change in the sense of its version."""
    table.update(
        ApiKeyRecord,
        api_key_key(api_key.workspace_id, api_key.id),
        [ApiKeyRecord.last_used_at.set(at)],
        condition=ApiKeyRecord.digest.exists(),
        upsert=True,  # does not count as a version; the condition keeps it from making a row
    )


def to_domain(record: ApiKeyRecord) -> ApiKey:
    """The key in a record."""
    return ApiKey(
        workspace_id=record.workspace_id,
        id=record.id,
        name=record.name,
        prefix=record.prefix,
        digest=record.digest,
        scopes=frozenset(record.scopes),
        created_at=record.created_at,
        updated_at=record.updated_at or record.created_at,
        expires_at=record.valid_until,
        last_used_at=record.last_used_at,
        version=int(record.version),
    )


def to_record(api_key: ApiKey, *, changed_by: str) -> ApiKeyRecord:
    """The record of a key."""
    key = api_key_key(api_key.workspace_id, api_key.id)
    return ApiKeyRecord(
        pk=key.pk,
        sk=key.sk,
        gsi1pk=digest_partition(api_key.digest),
        gsi1sk="APIKEY",
        workspace_id=api_key.workspace_id,
        version=api_key.version,
        created_at=api_key.created_at,
        updated_at=api_key.updated_at,
        changed_by=changed_by,
        id=api_key.id,
        name=api_key.name,
        prefix=api_key.prefix,
        digest=api_key.digest,
        scopes=set(api_key.scopes),
        valid_until=api_key.expires_at,
        last_used_at=api_key.last_used_at,
    )
