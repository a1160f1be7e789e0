"""Deploy to the running local cloud: ``python -m infra.local.publish --endpoint … --public-url … --home .local``.

A process of its own, in ``.venv``: the runner itself uses nothing but the standard library. Writes the stack's outputs to
``<home>/outputs.json``. Prints one line per step; the last line on stderr says what went wrong.
"""

import argparse
import functools
import json
import sys
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from infra import local_compat
from infra.deploy import DeployError, deploy, upload_site

#: The local cloud's root credentials.
CREDENTIALS = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}


def main() -> int:
    """Deploy what ``build/`` holds, load the SPA, write the outputs; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.publish")
    parser.add_argument("--endpoint", required=True, help="of the local cloud")
    parser.add_argument("--public-url", required=True, help="what people open")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--build", type=Path, default=Path("build"))
    parser.add_argument("--site", type=Path, default=Path("web/dist"))
    options = parser.parse_args()
    session = boto3.Session(**CREDENTIALS)
    config = Config(retries={"total_max_attempts": 2}, read_timeout=120)

    @functools.cache
    def clients(service: str) -> Any:
        return session.client(service, endpoint_url=options.endpoint, config=config)

    try:
        outputs = deploy(
            clients,
            "local",
            options.build,
            {"PublicUrl": options.public_url, "MailDomain": "clientela.example", "MailRate": "1000"},
            lambda changes: True,
            lambda line: print(line, flush=True),
            adapt=local_compat.compat(options.endpoint),
            poll_seconds=0.1,
        )
        template = json.loads((options.build / "template.json").read_text())
        if local_compat.fixups(clients, template, outputs):
            print("Settings completed", flush=True)
        if (options.site / "index.html").exists():
            sent = upload_site(clients, outputs["SiteBucket"], outputs["SiteDistributionId"], options.site, print)
            print(f"SPA: {sent} files", flush=True)
    except (DeployError, ClientError, BotoCoreError) as error:
        print(f"The deploy to the local cloud failed: {error}", file=sys.stderr)
        return 1
    partial = options.home / "outputs.json.new"
    partial.write_text(json.dumps(outputs, indent=1, sort_keys=True))
    partial.replace(options.home / "outputs.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())
