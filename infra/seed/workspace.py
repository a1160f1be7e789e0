"""The demo's workspace, its members and its API key."""

import contextlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import boto3

from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.api_keys.service import add_api_key
from chalicelib.workspaces.members.domain import PERMISSIONS, Role
from chalicelib.workspaces.members.service import add_member
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import create_workspace

WORKSPACE_ID = "01K0DEM0000000000000000000"
KEY_ID = "01K0DEM0KEY000000000000000"
EMAIL = "demo@clientela.example"
_TEAM = (
    (EMAIL, "Marina Demo", Role.OWNER, "es"),
    ("lucia@clientela.example", "Lucía Ortega", Role.MARKETER, "es"),
    ("tomas@clientela.example", "Tomás Vega", Role.SALES, "es"),
    ("grace@clientela.example", "Grace Ellis", Role.SALES, "en"),
)


@dataclass(frozen=True)
class Home:
    """The workspace and who is in it."""

    workspace: Workspace
    api_key: str
    member_ids: list[str]


def make_workspace(runtime: Runtime, at: datetime, *, password: str, api_key: str, endpoint: str) -> Home:
    """The workspace with its owner, who signs in with this password, its team and its key. Safe to repeat."""
    clock = FixedClock(at)
    workspace = create_workspace(
        table=runtime.table,
        clock=clock,
        workspace_id=WORKSPACE_ID,
        name="Molino & Co.",
        language="es",
        time_zone="Europe/Madrid",
        currency="EUR",
        postal_address="Calle del Agua 12, 28005 Madrid, España",
        sender_name="Molino & Co.",
        sender_email="hola@clientela.example",
    )
    pool = boto3.client(
        "cognito-idp",
        endpoint_url=endpoint or None,
        region_name=runtime.settings.region,
        **({"aws_access_key_id": "test", "aws_secret_access_key": "test"} if endpoint else {}),
    )
    members = []
    for email, name, role, language in _TEAM:
        user_id = _user(pool, runtime.settings.user_pool_id, email, name, password)
        members.append(user_id)
        try:
            add_member(
                table=runtime.table, clock=clock, workspace_id=WORKSPACE_ID, user_id=user_id, email=email, name=name,
                role=role, language=language,
            )  # fmt: skip
        except ConflictError:
            continue
    with contextlib.suppress(ConflictError):
        add_api_key(
            table=runtime.table, clock=clock, workspace_id=WORKSPACE_ID, key_id=KEY_ID, name="Local",
            scopes=frozenset(PERMISSIONS), secret=api_key,
        )  # fmt: skip
    return Home(workspace, api_key, members)


def _user(client: Any, pool_id: str, email: str, name: str, password: str) -> str:
    with contextlib.suppress(client.exceptions.UsernameExistsException):
        client.admin_create_user(
            UserPoolId=pool_id,
            Username=email,
            MessageAction="SUPPRESS",
            UserAttributes=[
                {"Name": "email", "Value": email},
                {"Name": "email_verified", "Value": "true"},
                {"Name": "name", "Value": name},
            ],
        )
    client.admin_set_user_password(UserPoolId=pool_id, Username=email, Password=password, Permanent=True)
    user = client.admin_get_user(UserPoolId=pool_id, Username=email)
    return next(str(attribute["Value"]) for attribute in user["UserAttributes"] if attribute["Name"] == "sub")
