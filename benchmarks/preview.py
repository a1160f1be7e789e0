"""A segment's preview over many contacts on DynamoDB Local, by hand: ``python -m benchmarks.preview [contacts]``.

Not among the benchmarks of every day: it writes the contacts first. The wall clock is DynamoDB Local's as much as ours.
"""

import sys
import time
from dataclasses import replace
from typing import Any

from benchmarks.bench_segments import NOW, person
from chalicelib.customers.contacts.store import to_record
from chalicelib.foundation import ids
from chalicelib.foundation.clock import FixedClock
from chalicelib.marketing.segments import previewing
from chalicelib.marketing.segments.records import ProfileRecord, profile_key
from chalicelib.workspaces.settings import service as settings
from infra.local import dynamodb_local
from infra.local.priced import PricedTable, new_table
from tests.helpers import fake_runtime

PLAIN = {
    "all": [
        {"field": "contact.city", "op": "is", "value": "madrid"},
        {
            "any": [
                {"field": "contact.tag", "op": "is", "value": "vip"},
                {"field": "score.total", "op": "at_least", "value": 5},
            ]
        },
    ]
}
DEEDS = {"all": [*PLAIN["all"], {"field": "campaign.opened", "op": "did", "value": {}}]}


def main(count: int) -> None:
    with dynamodb_local.start() as endpoint:
        table = PricedTable(new_table(endpoint))
        runtime = fake_runtime(table, clock=FixedClock(NOW))
        workspace = settings.create_workspace(
            table=table, clock=runtime.clock, workspace_id=ids.new_id(NOW), name="Acme"
        )
        rows: list[Any] = []
        for number in range(count):
            contact = replace(
                person().contact, id=ids.new_id(NOW), workspace_id=workspace.id, city="Madrid" if number % 3 else "Lima"
            )
            key = profile_key(workspace.id, contact.id)
            mail: dict[str, Any] = {"K1": [1, 2 if number % 2 else 0, 0, 0, []]}
            rows += [
                to_record(contact),
                ProfileRecord(pk=key.pk, sk=key.sk, workspace_id=workspace.id, created_at=NOW, mail=mail),
            ]
        table.write_many(rows)
        for name, conditions in (("the contact itself", PLAIN), ("what it did, too", DEEDS)):
            previewing.preview(runtime=runtime, workspace_id=workspace.id, conditions=conditions)
            table.reset()
            cpu, wall = time.process_time(), time.perf_counter()
            found = previewing.preview(runtime=runtime, workspace_id=workspace.id, conditions=conditions)
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            said = f"{found.count} of {found.evaluated} ({'exact' if found.exact else 'reckoned'})"
            print(f"{name}: {said}, {cpu:.2f} s CPU, {wall:.2f} s in all, {table.reads:g} read units")


main(int(sys.argv[1]) if len(sys.argv) > 1 else previewing.EXACT)
