"""Members, roles and the permission table: the only place that says who may do what."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

READ_ALL = frozenset(
    {
        "workspace:read",
        "members:read",
        "contacts:read",
        "companies:read",
        "leads:read",
        "deals:read",
        "segments:read",
        "forms:read",
        "campaigns:read",
        "scoring:read",
        "reports:read",
        "search:read",
        "tasks:read",
        "quotes:read",
    }
)
PERMISSIONS = READ_ALL | {
    "workspace:write",
    "members:write",
    "api_keys:manage",
    "contacts:write",
    "companies:write",
    "leads:write",
    "deals:write",
    "segments:write",
    "forms:write",
    "campaigns:write",
    "campaigns:send",
    "scoring:write",
    "reports:run",
    "reports:schedule",
    "audit:read",
    "tasks:write",
    "quotes:write",
    "quotes:approve",
    "pipelines:write",
    "fields:write",
    "imports:run",
    "exports:run",
    "privacy:manage",
}
"""Every permission there is. A route that names another one fails a test."""


class Role(StrEnum):
    """What a member is in the workspace."""

    OWNER = "owner"
    ADMIN = "admin"
    MARKETER = "marketer"
    SALES = "sales"
    SUPPORT = "support"
    VIEWER = "viewer"


ROLES: dict[Role, frozenset[str]] = {
    Role.OWNER: PERMISSIONS,
    Role.ADMIN: PERMISSIONS,  # but only an owner makes or changes an owner, see `may_assign`
    Role.MARKETER: READ_ALL
    | {
        "contacts:write",
        "companies:write",
        "leads:write",
        "segments:write",
        "forms:write",
        "campaigns:write",
        "campaigns:send",
        "scoring:write",
        "reports:run",
        "reports:schedule",
        "tasks:write",
        "fields:write",
        "imports:run",
        "exports:run",
    },
    Role.SALES: READ_ALL
    | {
        "contacts:write",
        "companies:write",
        "leads:write",
        "deals:write",
        "reports:run",
        "tasks:write",
        "quotes:write",
        "imports:run",
        "exports:run",
    },
    Role.SUPPORT: (READ_ALL - {"scoring:read", "forms:read"}) | {"contacts:write", "companies:write", "tasks:write"},
    Role.VIEWER: READ_ALL,
}
"""The permission table."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person's access to one workspace. ``user_id`` is the user pool's stable id."""

    workspace_id: str
    user_id: str
    email: str
    name: str
    language: str
    role: Role
    created_at: datetime
    updated_at: datetime
    last_seen_at: datetime | None = None
    version: int = 1

    @property
    def permissions(self) -> frozenset[str]:
        """What the role allows."""
        return ROLES[self.role]


def may_assign(*, assigner_role: str, assigner_permissions: frozenset[str], role: Role) -> bool:
    """Whether someone may give this role, or change or remove a member who has it: only an owner makes or changes an owner,
    and nobody gives more than they may do themselves (which holds for API keys, too, which have no role).
    """
    if role is Role.OWNER:
        return assigner_role == Role.OWNER
    return ROLES[role] <= assigner_permissions
