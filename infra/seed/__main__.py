"""Fills a freshly deployed stack: ``python -m infra.seed --endpoint … --url … --outputs … --result … [--empty]``.

Everything is written through the product's own use cases, with clocks that stand in the past; what follows (timelines, search,
counters, scores) is derived by the deployed functions. The result file holds what scripts need to find their way:
``{"workspace_id", "api_key", "form_key", "user": {"email", "password"}}``.
"""

import argparse
import json
from datetime import timedelta
from pathlib import Path

from chalicelib.workspaces.api_keys.domain import make as make_key
from infra.seed.capture import make_forms, make_leads
from infra.seed.connect import runtime_of
from infra.seed.customers import make_customers
from infra.seed.designs import make_designs
from infra.seed.mailing import make_campaigns, make_schedule, make_topics
from infra.seed.quotes import make_quotes
from infra.seed.sales import make_deals
from infra.seed.settle import settle
from infra.seed.tasks import make_assignment, make_tasks
from infra.seed.workspace import EMAIL, make_workspace

PASSWORD = "Clientela-2026"  # printed by `make run`; a local workspace of made-up people


def main() -> None:
    """Fill the stack and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--endpoint", required=True, help="the local cloud's address")
    parser.add_argument("--url", required=True, help="where people reach the SPA")
    parser.add_argument("--outputs", required=True, type=Path, help="the deployed stack's outputs, JSON")
    parser.add_argument("--result", required=True, type=Path, help="where to write what was made, JSON")
    parser.add_argument("--empty", action="store_true", help="only a workspace, its owner, a key and a form")
    options = parser.parse_args()
    outputs = json.loads(options.outputs.read_text())
    runtime = runtime_of(outputs, endpoint=options.endpoint, public_url=options.url)
    now = runtime.clock.now()
    start = now - timedelta(days=90)
    api_key = make_key()
    home = make_workspace(runtime, start, password=PASSWORD, api_key=api_key, endpoint=options.endpoint)
    forms = make_forms(runtime, home.workspace, start)
    make_schedule(runtime, home.workspace, EMAIL)
    if not options.empty:
        owners = home.member_ids
        town = make_customers(runtime, home.workspace, now, owners=owners)
        make_deals(runtime, home.workspace, now, town=town, owners=owners)
        make_quotes(runtime, home.workspace, now, town=town, owners=owners)
        make_designs(runtime, home.workspace, now)
        make_topics(runtime, home.workspace, now)
        make_campaigns(runtime, home.workspace, now, town=town)
        make_tasks(runtime, home.workspace, now, town=town, owners=owners)
        last = make_leads(runtime, home.workspace, now, form_keys=forms, town=town, owners=owners)
        settle(runtime, home.workspace, last)  # before the rules are there: leads of the past stay whose they are
        make_assignment(runtime, home.workspace, now, owners=owners)
    made = {
        "workspace_id": home.workspace.id,
        "api_key": api_key,
        "form_key": forms[0],
        "user": {"email": EMAIL, "password": PASSWORD},
    }
    partial = options.result.with_suffix(".new")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(made, indent=1))
    partial.replace(options.result)


if __name__ == "__main__":
    main()
