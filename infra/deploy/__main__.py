"""``python -m infra.deploy --stage prod --profile company``: what ``make deploy`` runs. See docs/operations.md."""

import argparse
import functools
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.build import build
from infra.deploy import Change, DeployError, deploy, upload_site


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, deploy, upload the SPA and print the outputs; the exit status."""
    options = _options(arguments)
    session = boto3.Session(profile_name=options.profile, region_name=options.region)
    if session.region_name is None:
        print("No region: give --region, or set one in the profile.", file=sys.stderr)
        return 2

    @functools.cache
    def clients(service: str) -> Any:
        return session.client(service)

    def confirm(changes: Sequence[Change]) -> bool:
        for change in changes:
            print(f"  {change}")
        return options.yes or input(
            f"Make these {len(changes)} changes to {options.stage}? [y/N] "
        ).strip().lower() in ("y", "yes")

    try:
        if not options.no_build:
            os.environ["CLIENTELA_NATIVE"] = "0"  # Lambda's wheels, whatever this machine is
            build(Path.cwd(), options.build_dir, progress=print)
        outputs = deploy(clients, options.stage, options.build_dir, dict(options.parameter), confirm, print)
        if options.site.is_dir():
            upload_site(clients, outputs["SiteBucket"], outputs["SiteDistributionId"], options.site, print)
        else:
            print(f"No SPA at {options.site}: not uploaded.")
    except (DeployError, ClientError, BotoCoreError) as error:
        print(error, file=sys.stderr)
        return 1
    for name, value in sorted(outputs.items()):
        print(f"{name:<32} {value}")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description="Deploy Clientela to an AWS account.")
    parser.add_argument("--stage", required=True, help="name of the installation: prod, staging, …")
    parser.add_argument("--profile", help="AWS profile; default: the environment's")
    parser.add_argument("--region", help="AWS region; default: the profile's")
    parser.add_argument("--yes", action="store_true", help="make the changes without asking")
    parser.add_argument("--no-build", action="store_true", help="deploy what is in the build folder")
    parser.add_argument("--build-dir", type=Path, default=Path("build"))
    parser.add_argument("--site", type=Path, default=Path("web/dist"), help="the built SPA")
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        type=_parameter,
        metavar="NAME=VALUE",
        help="a parameter of the template, such as MailDomain=example.com; those left out keep their value",
    )
    return parser.parse_args(arguments)


def _parameter(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


if __name__ == "__main__":
    sys.exit(main())
