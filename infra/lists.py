"""Care for the lists of a workspace that has grown or is older than its lists: ``python -m infra.lists … spread|index``.

``spread`` puts new records of a list over more partitions, while everything runs (docs/data-model.md); a partition of DynamoDB takes a
thousand writes a second. ``index`` gives every record the rows by which lists find it: for data from before there were such rows.
"""

import argparse
import functools
import os
import sys
from collections.abc import Sequence
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.customers.lists.consumers import INDEX
from chalicelib.foundation import ids
from chalicelib.foundation.errors import ClientelaError
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.settings.spreading import spread
from infra.deploy import outputs
from infra.seed.connect import runtime_of

KINDS = ("contact", "company", "lead")


def care(runtime: Runtime, options: argparse.Namespace) -> str:
    """Give the order; says what will happen."""
    if options.work == "spread":
        grown = spread(
            table=runtime.table,
            clock=runtime.clock,
            queues=runtime.queues,
            workspace_id=options.workspace,
            collection=options.list,
            shards=options.shards,
        )
        return f"{options.list} are read over {grown.shards_of(options.list)} partitions now and written there in two minutes."
    now = runtime.clock.now()
    envelopes = [Envelope(ids.new_id(now), INDEX, options.workspace, now, {"kind": kind}) for kind in options.kinds]
    runtime.queues.publish("jobs", envelopes)
    return f"The rows of {', '.join(options.kinds)} are being made; `make logs` shows the function run_jobs at it."


def main(arguments: Sequence[str] | None = None) -> int:
    """Give an order to a deployed stack; the exit status."""
    options = _options(arguments)
    if options.profile:
        os.environ["AWS_PROFILE"] = options.profile
    session = boto3.Session(region_name=options.region)

    @functools.cache
    def clients(service: str) -> Any:
        return session.client(service)

    try:
        found = outputs(clients, options.stage)
        if not found:
            print(f"There is no stack clientela-{options.stage}: deploy first.", file=sys.stderr)
            return 1
        print(care(runtime_of(found, profile=options.profile), options))
    except (ClientelaError, ClientError, BotoCoreError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m infra.lists", description="Spread or index the lists of a workspace."
    )
    parser.add_argument("--stage", required=True)
    parser.add_argument("--profile", default="")
    parser.add_argument("--region")
    parser.add_argument("--workspace", required=True, help="its id")
    works = parser.add_subparsers(dest="work", required=True)
    spreading = works.add_parser("spread")
    spreading.add_argument("list", choices=("contacts", "companies", "leads", "deals", "tasks"))
    spreading.add_argument("shards", type=int)
    indexing = works.add_parser("index")
    indexing.add_argument("kinds", nargs="*", default=list(KINDS), choices=KINDS)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
