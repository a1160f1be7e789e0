"""Projections: whatever order and however often the stream delivers, the derived state is the same."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.foundation.messaging import Envelope, FakeQueues
from chalicelib.foundation.projection import Derivation, MetricRecord, Projection, metric_key, project
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Change, Create, Key, Record, Table, Update, partition
from tests.helpers import NOON, Stream


class SourceRecord(Record, discriminator="projection-source"):
    name = UnicodeAttribute()
    state = UnicodeAttribute()


class EntryRecord(Record, discriminator="projection-entry"):
    """Follows from one change alone."""

    text = UnicodeAttribute()


class MirrorRecord(Record, discriminator="projection-mirror"):
    """Mirrors the present state of its source."""

    name = UnicodeAttribute()


class TallyRecord(Record, discriminator="projection-tally"):
    count = NumberAttribute(default=0)


def derive(change: Change, into: Derivation) -> None:
    """One of each kind of consequence."""
    record: Any = change.record
    workspace_id, pk = record.workspace_id, record.pk
    entry_id = f"ENTRY#{'gone' if change.new is None else int(change.new.version):}"
    into.put(
        EntryRecord(pk=pk, sk=entry_id, workspace_id=workspace_id, created_at=NOON, text=f"{change.name} {record.name}")
    )
    present = into.current(SourceRecord, record.key)
    mirror = MirrorRecord(
        pk=partition(workspace_id, "MIRROR"), sk=pk, workspace_id=workspace_id, created_at=NOON, name=record.name
    )
    if present is None:
        into.delete(mirror.key)
    else:
        mirror.name = present.name
        into.put(mirror)
    if change.changed("state"):
        if change.old is not None:
            into.count(change, "states", "now", change.old.state, -1)  # type: ignore[attr-defined]
        if change.new is not None:
            into.count(change, "states", "now", change.new.state)  # type: ignore[attr-defined]
    into.fact("scoring", Envelope(f"fact-{change.id}", "source.changed", workspace_id, NOON, {"name": record.name}))
    if change.name == "INSERT":
        member = TallyRecord(
            pk=partition(workspace_id, "TALLY"), sk=f"M#{pk}", workspace_id=workspace_id, created_at=NOON
        )
        tally = Key(partition(workspace_id, "TALLY"), "COUNT")
        added = [
            TallyRecord.count.add(1),
            TallyRecord.kind.set(TallyRecord),
            TallyRecord.workspace_id.set(workspace_id),
            TallyRecord.created_at.set(NOON),
            TallyRecord.version.set(1),
        ]
        into.once([Create(member), Update(tally, added, upsert=True)])


PROJECTIONS: dict[str, list[Projection]] = {"projection-source": [derive]}


def story(table: Table, workspace_id: str, seed: int) -> None:
    """Sources are made, renamed, moved between states and deleted."""
    dice = random.Random(seed)
    alive: list[Key] = []
    for number in range(40):
        step = dice.random()
        if step < 0.45 or not alive:
            record = SourceRecord(
                pk=partition(workspace_id, "S", str(number)),
                sk="SOURCE",
                workspace_id=workspace_id,
                created_at=NOON,
                name=f"n{number}",
                state=dice.choice("abc"),
            )
            table.create(record)
            alive.append(record.key)
        elif step < 0.9:
            found = table.get(SourceRecord, dice.choice(alive), consistent=True)
            assert found is not None
            found.name, found.state = f"n{number}", dice.choice("abc")
            table.replace(found)
        else:
            table.delete(alive.pop(dice.randrange(len(alive))))


def derived(table: Table, workspace_id: str) -> dict[str, Any]:
    """Everything that was derived in the workspace."""
    states = list(table.query_all(MetricRecord, partition(workspace_id, "METRIC", "states")))
    tally = table.get(TallyRecord, Key(partition(workspace_id, "TALLY"), "COUNT"))
    return {
        "states": {record.dimension: int(record.value) for record in states if record.value},
        "mirrors": {
            record.sk: record.name for record in table.query_all(MirrorRecord, partition(workspace_id, "MIRROR"))
        },
        "entries": sorted(
            (record.pk, record.sk, record.text)
            for number in range(40)
            for record in table.query_all(EntryRecord, partition(workspace_id, "S", str(number)))
        ),
        "tally": int(tally.count) if tally else 0,
    }


def run(runtime: Runtime, records: list[dict[str, Any]], queues: FakeQueues) -> list[str]:
    rejected: list[str] = []
    project(
        {"Records": records},
        projections=PROJECTIONS,
        table=runtime.table,
        queues=queues,
        clock=runtime.clock,
        reject=rejected.append,
    )
    return rejected


def expected(table: Table, workspace_id: str) -> dict[str, Any]:
    """What the sources say, read without the stream."""
    sources = [
        found
        for number in range(40)
        if (found := table.get(SourceRecord, Key(partition(workspace_id, "S", str(number)), "SOURCE"), consistent=True))
    ]
    states: dict[str, int] = {}
    for source in sources:
        states[source.state] = states.get(source.state, 0) + 1
    return {"states": states, "mirrors": {source.pk: source.name for source in sources}}


def in_order(records: list[dict[str, Any]], dice: random.Random) -> list[list[dict[str, Any]]]:
    return [records]


def thrice(records: list[dict[str, Any]], dice: random.Random) -> list[list[dict[str, Any]]]:
    return [records, records, records]


def batch_again_after_each(records: list[dict[str, Any]], dice: random.Random) -> list[list[dict[str, Any]]]:
    return [records[at : at + 7] for at in range(0, len(records), 7) for _ in range(2)]


def thrice_and_shuffled(records: list[dict[str, Any]], dice: random.Random) -> list[list[dict[str, Any]]]:
    everything = records * 3
    dice.shuffle(everything)
    return [everything[at : at + 10] for at in range(0, len(everything), 10)]


Order = Callable[[list[dict[str, Any]], random.Random], list[list[dict[str, Any]]]]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("order", [in_order, thrice, batch_again_after_each, thrice_and_shuffled])
def test_the_derived_state_is_exact(
    runtime: Runtime, workspace_id: str, stream: Stream, order: Order, seed: int
) -> None:
    story(runtime.table, workspace_id, seed)
    records = list(stream.records())
    queues = FakeQueues()
    for batch in order(records, random.Random(seed)):
        assert run(runtime, batch, queues) == []
    found = derived(runtime.table, workspace_id)
    assert found["states"] == expected(runtime.table, workspace_id)["states"]
    assert found["mirrors"] == expected(runtime.table, workspace_id)["mirrors"]
    assert len(found["entries"]) == len({(pk, sk) for pk, sk, _ in found["entries"]})
    inserts = sum(record["eventName"] == "INSERT" for record in records)
    assert found["tally"] == inserts
    assert {envelope.id for envelope in queues.on("scoring")} == {f"fact-{record['eventID']}" for record in records}


def test_a_poison_record_is_set_aside_and_the_rest_goes_on(runtime: Runtime, workspace_id: str, stream: Stream) -> None:
    story(runtime.table, workspace_id, 3)
    records = list(stream.records())
    records[5] = {**records[5], "dynamodb": {"NewImage": {"kind": {"S": "projection-source"}, "version": {"N": "x"}}}}
    rejected = run(runtime, records, FakeQueues())
    assert len(rejected) == 1
    assert records[5]["eventID"] in rejected[0]
    assert derived(runtime.table, workspace_id)["tally"] >= 1


def test_when_a_queue_is_down_the_batch_comes_again_and_counts_once(
    runtime: Runtime, workspace_id: str, stream: Stream
) -> None:
    story(runtime.table, workspace_id, 4)
    records = list(stream.records())

    class Down(FakeQueues):
        def publish(self, *_: Any, **__: Any) -> None:
            raise RuntimeError("down")

    with pytest.raises(RuntimeError, match="down"):
        run(runtime, records, Down())
    run(runtime, records, FakeQueues())
    assert derived(runtime.table, workspace_id)["states"] == expected(runtime.table, workspace_id)["states"]


def test_a_metric_stands_at_its_key(runtime: Runtime, workspace_id: str, stream: Stream) -> None:
    story(runtime.table, workspace_id, 5)
    run(runtime, list(stream.records()), FakeQueues())
    found = runtime.table.get(MetricRecord, metric_key(workspace_id, "states", "now", "a"))
    assert found is not None
    assert (found.day, found.dimension) == ("now", "a")
