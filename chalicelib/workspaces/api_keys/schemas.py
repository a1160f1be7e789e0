"""API keys as the API shows and takes them."""

from typing import Annotated, Any, Self

from pydantic import Field

from chalicelib.foundation.http import Schema
from chalicelib.foundation.http.schemas import Instant
from chalicelib.workspaces.api_keys.domain import ApiKey


class NewApiKey(Schema):
    """What a key is for and may do."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    scopes: Annotated[list[Annotated[str, Field(max_length=40)]], Field(min_length=1, max_length=60)]
    expires_at: Instant | None = None


class ApiKeyOut(Schema):
    """A key, without its secret."""

    id: str
    name: str
    prefix: str
    scopes: list[str]
    created_at: Instant
    expires_at: Instant | None
    last_used_at: Instant | None
    version: int

    @classmethod
    def of(cls, api_key: ApiKey) -> Self:
        """The key as shown."""
        return cls(**cls.values(api_key))

    @staticmethod
    def values(api_key: ApiKey) -> "dict[str, Any]":
        """What is shown of a key."""
        return {
            "id": api_key.id,
            "name": api_key.name,
            "prefix": api_key.prefix,
            "scopes": sorted(api_key.scopes),
            "created_at": api_key.created_at,
            "expires_at": api_key.expires_at,
            "last_used_at": api_key.last_used_at,
            "version": api_key.version,
        }


class ApiKeyMade(ApiKeyOut):
    """A new key with its secret, this one time (null when the request is repeated)."""

    key: str | None
