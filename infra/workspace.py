"""The first workspace of an installation, or one more: ``python -m infra.workspace --stage prod --profile company …``.

People come by invitation into a workspace, so the first owner has nobody to be invited by. This makes a workspace and its owner, whom
Cognito mails a temporary password; everything else is done in the app. See docs/operations.md §1.
"""

import argparse
import functools
import os
import sys
from collections.abc import Sequence
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.foundation import ids
from chalicelib.foundation.errors import ClientelaError
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.members.domain import Role
from chalicelib.workspaces.members.service import add_member
from chalicelib.workspaces.settings.service import create_workspace
from infra.deploy import outputs
from infra.seed.connect import runtime_of


def make(runtime: Runtime, options: argparse.Namespace) -> str:
    """Make the workspace and its owner; returns the workspace's id."""
    user_id = runtime.identity.ensure_user(options.email, options.owner)
    workspace_id = ids.new_id(runtime.clock.now())
    create_workspace(
        table=runtime.table,
        clock=runtime.clock,
        workspace_id=workspace_id,
        name=options.name,
        language=options.language,
        time_zone=options.time_zone,
        currency=options.currency,
        postal_address=options.postal_address,
        sender_name=options.name,
        sender_email=options.sender,
    )
    add_member(
        table=runtime.table,
        clock=runtime.clock,
        workspace_id=workspace_id,
        user_id=user_id,
        email=options.email,
        name=options.owner,
        role=Role.OWNER,
        language=options.language,
    )
    return workspace_id


def main(arguments: Sequence[str] | None = None) -> int:
    """Make one in AWS; the exit status."""
    options = _options(arguments)
    if options.profile:
        os.environ["AWS_PROFILE"] = options.profile  # the application's own clients take it from there
    session = boto3.Session(region_name=options.region)

    @functools.cache
    def clients(service: str) -> Any:
        return session.client(service)

    try:
        found = outputs(clients, options.stage)
        if not found:
            print(f"There is no stack clientela-{options.stage}: deploy first.", file=sys.stderr)
            return 1
        made = make(runtime_of(found, profile=options.profile), options)
    except (ClientelaError, ClientError, BotoCoreError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Workspace {made}. {options.email} gets a temporary password by mail and signs in at {found['PublicUrl']}")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.workspace", description="Make a workspace and its owner.")
    parser.add_argument("--stage", required=True)
    parser.add_argument("--profile", default="")
    parser.add_argument("--region")
    parser.add_argument("--name", required=True, help="of the company")
    parser.add_argument("--owner", required=True, help="name of the first person")
    parser.add_argument("--email", required=True, help="that person's address")
    parser.add_argument("--sender", required=True, help="the address that mail comes from, in the mail domain")
    parser.add_argument("--postal-address", required=True, help="the law wants it in every campaign")
    parser.add_argument("--language", default="es", choices=("es", "en"))
    parser.add_argument("--time-zone", default="Europe/Madrid")
    parser.add_argument("--currency", default="EUR")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
