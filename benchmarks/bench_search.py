"""Search by the beginnings of words: fifty hits of many, and two words."""

from collections.abc import Iterator

from benchmarks import stub
from benchmarks.bench_capture import NOW, WORKSPACE
from benchmarks.rows import Row
from chalicelib.customers.search import store
from chalicelib.customers.search.domain import Hit, tokens
from chalicelib.customers.search.schemas import HitOut
from chalicelib.customers.search.service import search
from chalicelib.foundation.http import Page
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.table import Table
from infra.local import dynamodb_local
from infra.local.priced import PricedTable, new_table

PEOPLE = 400
FIRST = ("Ana", "Anabel", "Andrés", "Antonio")
HITS = Page[HitOut]
LAST = ("García", "Gómez", "Iglesias", "Martín", "Núñez")


def fill(table: Table) -> None:
    """The words of some hundred people, as the projector writes them."""
    items = []
    for number in range(PEOPLE):
        first, last = FIRST[number % len(FIRST)], LAST[number % len(LAST)]
        email = f"{first}.{last}.{number}@example.com".lower()
        words = sorted(tokens([first, last, email, f"34600{number:06d}"]))
        hit = Hit("contact", derived_id(NOW, str(number)), f"{first} {last}", email)
        items += [store.record(WORKSPACE.id, word, words, hit, NOW) for word in words]
    table.write_many(items)


def answer(table: Table, query: str) -> str:
    """The answer's body, as the view makes it."""
    found = search(table=table, workspace_id=WORKSPACE.id, query=query)
    items = [HitOut.model_construct(kind=hit.kind, id=hit.id, title=hit.title, subtitle=hit.subtitle) for hit in found]
    return HITS.model_construct(items=items, next_cursor=None).model_dump_json()


def rows() -> Iterator[Row]:
    with dynamodb_local.start() as endpoint:
        judge = PricedTable(new_table(endpoint))
        fill(judge)
        measured = {}
        for query in ("an", "garc ana"):
            judge.reset()
            assert answer(judge, query).count('"kind"') > 10
            measured[query] = judge.reads
        request = {
            "KeyConditionExpression": "pk = :p",
            "ExpressionAttributeValues": {":p": {"S": f"W#{WORKSPACE.id}#FIND#an"}},
            "Limit": 50,
        }
        images = judge._call("Query", request, write=False)["Items"]
    with stub.table({"Query": {"Items": images, "Count": 50, "ScannedCount": 50}}) as table:
        yield Row("search, one word, 50 hits", stub.cpu_ms(lambda: answer(table, "an"), times=100), 3.0, measured["an"])
        yield Row(
            "search, two words", stub.cpu_ms(lambda: answer(table, "an ana"), times=100), 3.0, measured["garc ana"]
        )
