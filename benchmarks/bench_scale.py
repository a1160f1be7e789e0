"""Ten thousand and a hundred thousand contacts in one workspace: what is asked of lists, search and single contacts stays flat.

Run by itself, for it takes minutes and a gigabyte: ``python -m benchmarks.bench_scale [small] [large]``. DynamoDB Local answers, so
the CPU is our process's with its real answers, the units are DynamoDB's, and the time on the clock is both together.
"""

import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks import stub
from benchmarks.bench_capture import WORKSPACE
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts import store
from chalicelib.customers.contacts.domain import Contact, EmailAddress, Touch
from chalicelib.customers.contacts.listing import LISTING, shown_contacts
from chalicelib.customers.contacts.schemas import page_text
from chalicelib.customers.lists.records import ListedRecord
from chalicelib.customers.search import service as search
from chalicelib.customers.search import store as words
from chalicelib.customers.search.domain import Hit, tokens
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.ids import encode
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Record, Table
from chalicelib.workspaces.settings.domain import Workspace
from infra.local import dynamodb_local
from infra.local.priced import PricedTable, new_table

START = datetime(2026, 1, 1, tzinfo=UTC)
FIRST = ("Ana", "Anabel", "Andrés", "Antonio", "Bea", "Carlos", "Diego", "Elena", "Óscar", "Zoë")
LAST = ("García", "Gómez", "Iglesias", "Martín", "Núñez", "Pérez", "Ruiz", "Sánchez", "Torres", "Vega")
ROWS = frozenset({"name", "tag"})
"""Which rows are made: those that are asked for below (a contact's others only make the filling slower)."""


def people(workspace: Workspace, count: int) -> Iterator[Contact]:
    """As many contacts as asked for; one in a thousand is ``raro``, one in five ``vip``."""
    dice = random.Random(1)
    for number in range(count):
        at = START + timedelta(seconds=number)
        contact_id = encode(int(at.timestamp() * 1000) << 80 | dice.getrandbits(80))
        first, last = dice.choice(FIRST), f"{dice.choice(LAST)} {dice.choice(LAST)}"
        tags = {"vip"} if number % 5 == 0 else set()
        yield Contact(
            workspace_id=workspace.id,
            id=contact_id,
            created_at=at,
            updated_at=at,
            first_name=first,
            last_name=last,
            emails=(EmailAddress(f"{first}.{number}@example.com".lower(), primary=True),),
            tags=frozenset(tags | ({"raro"} if number % 1000 == 0 else set())),
            score_fit=dice.randrange(100),
            first_touch=Touch(at, source="google"),
            last_touch=Touch(at, source="google"),
        )


def fill(table: Table, workspace: Workspace, count: int) -> list[str]:
    """The contacts with their rows and words, as the projector writes them; their ids."""
    ids: list[str] = []
    batch: list[Record] = []
    for contact in people(workspace, count):
        ids.append(contact.id)
        batch.append(store.to_record(contact))
        for key in LISTING.rows(table, workspace.id, contact):
            if key.pk.split("#")[4] in ROWS:
                at = contact.created_at
                batch.append(ListedRecord(pk=key.pk, sk=key.sk, workspace_id=workspace.id, created_at=at))
        found = sorted(tokens([contact.first_name, contact.last_name]))
        hit = Hit("contact", contact.id, contact.display_name, contact.email)
        batch += [words.record(workspace.id, word, found, hit, contact.created_at) for word in found]
        if len(batch) > 2000:
            table.write_many(batch)
            batch = []
    table.write_many(batch)
    return ids


def questions(runtime: Runtime, workspace: Workspace, ids: list[str]) -> dict[str, Callable[[], Any]]:
    """What people ask, from the query to the answer's text."""
    middle = ids[len(ids) // 2]

    def listed(**asked: Any) -> Callable[[], str]:
        def ask() -> str:
            items, following = shown_contacts(custom=dict, runtime=runtime, workspace=workspace, limit=50, **asked)
            return page_text(items, following)

        return ask

    def found(query: str) -> Callable[[], Any]:
        return lambda: search.search(table=runtime.table, workspace_id=workspace.id, query=query)

    rare = [{"field": "tag", "op": "is", "value": "raro"}]
    both = [*rare, {"field": "tag", "op": "is", "value": "vip"}]
    vip = [{"field": "tag", "op": "is", "value": "vip"}]
    return {
        "list the newest 50": listed(),
        "list 50 from the middle": listed(start=middle),
        "list by name": listed(sort="name"),
        "list by name, backwards": listed(sort="-name"),
        "filter: a common tag": listed(conditions=vip),
        "filter: a rare tag": listed(conditions=rare),
        "filter: both, by name": listed(conditions=both, sort="name"),
        "search, one word": found("ana"),
        "search, two words": found("garcia anab"),
        "open a contact": lambda: contacts.get_contact(
            table=runtime.table, workspace_id=workspace.id, contact_id=middle, consistent=True
        ),
    }


def measure(count: int) -> dict[str, tuple[float, float, float]]:
    """CPU milliseconds, milliseconds on the clock and read units of each question among so many contacts."""
    with dynamodb_local.start(heap="3g") as endpoint:
        table = PricedTable(new_table(endpoint))
        workspace = WORKSPACE
        began = time.monotonic()
        ids = fill(table, workspace, count)
        print(f"{count:,} contacts written in {time.monotonic() - began:.0f} s", flush=True)
        runtime = Runtime(stub.settings(endpoint), table=table, clock=FixedClock(START))
        measured = {}
        for name, ask in questions(runtime, workspace, ids).items():
            for _ in range(3):
                ask()
            table.reset()
            ask()
            units, best, wall = table.reads, float("inf"), float("inf")
            for _ in range(10):
                cpu, now = time.process_time(), time.perf_counter()
                ask()
                best, wall = min(best, time.process_time() - cpu), min(wall, time.perf_counter() - now)
            measured[name] = (best * 1000, wall * 1000, units)
            print(f"  {name}: {best * 1000:.2f} ms CPU, {wall * 1000:.1f} ms, {units:g} units", flush=True)
        return measured


def main(small: int = 10_000, large: int = 100_000) -> None:
    """Measure both and print them side by side."""
    few, many = measure(small), measure(large)
    print(f"| what | CPU at {small:,} | at {large:,} | on the clock at {small:,} | at {large:,} | units | units |")
    print("|---|---|---|---|---|---|---|")
    for name, (cpu, wall, units) in few.items():
        more_cpu, more_wall, more_units = many[name]
        print(
            f"| {name} | {cpu:.2f} ms | {more_cpu:.2f} ms | {wall:.1f} ms | {more_wall:.1f} ms | {units:g} | {more_units:g} |"
        )


def rows() -> Iterator[Any]:
    """None by ``python -m benchmarks``: this one runs by itself."""
    return iter(())


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:]))
