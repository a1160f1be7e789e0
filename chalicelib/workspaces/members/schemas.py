"""Members as the API shows and takes them."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field

from chalicelib.foundation.http import Schema, Versioned
from chalicelib.foundation.http.schemas import Instant
from chalicelib.workspaces.members.domain import Member

RoleName = Literal["owner", "admin", "marketer", "sales", "support", "viewer"]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]*$")]


class MemberOut(Schema):
    """A person in the workspace."""

    user_id: str
    email: str
    name: str
    role: RoleName
    version: int
    created_at: Instant
    last_seen_at: Instant | None

    @classmethod
    def of(cls, member: Member) -> Self:
        """The member as shown."""
        seen: datetime | None = member.last_seen_at
        return cls(
            user_id=member.user_id,
            email=member.email,
            name=member.name,
            role=member.role.value,
            version=member.version,
            created_at=member.created_at,
            last_seen_at=seen,
        )


class Invitation(Schema):
    """Who is let in, and as what."""

    email: Annotated[str, Field(min_length=3, max_length=254)]
    name: Name
    role: RoleName
    language: Literal["es", "en"] | None = None


class MemberChange(Versioned):
    """Another role or name."""

    role: RoleName | None = None
    name: Name | None = None


class MyWorkspaceOut(Schema):
    """A workspace one belongs to, and what one may do there."""

    id: str
    name: str
    role: str
    permissions: list[str]


class MeOut(Schema):
    """Who is asking. An API key is its own id and has no address."""

    user_id: str
    email: str
    name: str
    language: str
    workspaces: list[MyWorkspaceOut]


class PermissionsOut(Schema):
    """The permission table."""

    roles: dict[str, list[str]]
    permissions: list[str]
