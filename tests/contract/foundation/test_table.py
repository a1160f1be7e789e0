"""The table's semantics, judged by DynamoDB Local."""

import pytest
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Check, Create, Delete, Key, Put, Record, Replace, Table, Update, partition
from chalicelib.foundation.table.table import TransactionConflictError, query_merged
from tests.helpers import NOON


class RowRecord(Record, discriminator="contract-row"):
    name = UnicodeAttribute()
    count = NumberAttribute(null=True)


class StrangerRecord(Record, discriminator="contract-stranger"):
    pass


def row(workspace_id: str, number: int, **values: object) -> RowRecord:
    base: dict[str, object] = {
        "pk": partition(workspace_id, "ROWS"),
        "sk": f"ROW#{number:05d}",
        "gsi1pk": partition(workspace_id, "BYNAME"),
        "gsi1sk": f"{1000 - number:05d}",
        "workspace_id": workspace_id,
        "created_at": NOON,
        "name": f"row {number}",
    }
    return RowRecord(**(base | values))


def test_create_needs_a_free_key_and_shows_what_is_there(table: Table, workspace_id: str) -> None:
    table.create(row(workspace_id, 1))
    with pytest.raises(ConflictError) as caught:
        table.create(row(workspace_id, 1, name="second"))
    assert isinstance(caught.value.current, RowRecord)
    assert caught.value.current.name == "row 1"


def test_replace_counts_versions_and_refuses_stale_ones(table: Table, workspace_id: str) -> None:
    table.create(row(workspace_id, 1))
    first = table.get(RowRecord, row(workspace_id, 1).key)
    second = table.get(RowRecord, row(workspace_id, 1).key)
    assert first is not None
    assert second is not None
    first.name = "first"
    table.replace(first)
    assert first.version == 2
    second.name = "second"
    with pytest.raises(ConflictError) as caught:
        table.replace(second)
    assert caught.value.current.name == "first"
    assert second.version == 1
    found = table.get(RowRecord, first.key, consistent=True)
    assert found is not None
    assert (found.name, found.version) == ("first", 2)


def test_update_changes_what_exists_only(table: Table, workspace_id: str) -> None:
    key = row(workspace_id, 1).key
    with pytest.raises(ConflictError):
        table.update(RowRecord, key, [RowRecord.count.add(1)])
    assert table.get(RowRecord, key) is None
    table.create(row(workspace_id, 1))
    changed = table.update(RowRecord, key, [RowRecord.count.add(2), RowRecord.name.set("new")])
    assert (changed.count, changed.name, changed.version) == (2, "new", 2)
    with pytest.raises(ConflictError) as caught:
        table.update(RowRecord, key, [RowRecord.count.add(1)], condition=RowRecord.count < 2)
    assert caught.value.current.count == 2


def test_an_upsert_makes_a_row_and_leaves_the_version_alone(table: Table, workspace_id: str) -> None:
    table.create(row(workspace_id, 1))
    seen = table.update(RowRecord, row(workspace_id, 1).key, [RowRecord.count.add(1)], upsert=True)
    assert (seen.count, seen.version) == (1, 1)


def test_delete_and_its_condition(table: Table, workspace_id: str) -> None:
    key = row(workspace_id, 1).key
    table.delete(key)
    table.create(row(workspace_id, 1))
    with pytest.raises(ConflictError):
        table.delete(key, condition=RowRecord.name == "other")
    table.delete(key, condition=RowRecord.name == "row 1")
    assert table.get(RowRecord, key, consistent=True) is None


def test_put_with_a_condition(table: Table, workspace_id: str) -> None:
    table.put(row(workspace_id, 1))
    with pytest.raises(ConflictError):
        table.put(row(workspace_id, 1, name="x"), condition=RowRecord.name == "other")
    table.put(row(workspace_id, 1, name="x"), condition=RowRecord.name == "row 1")


def test_nothing_is_written_outside_of_its_workspace(table: Table, workspace_id: str) -> None:
    for pk in ("W#other#ROWS", f"W#{workspace_id}x", "X"):
        with pytest.raises(ValueError, match="workspace"):
            table.create(row(workspace_id, 1, pk=pk))


def test_an_item_of_another_kind_is_none(table: Table, workspace_id: str) -> None:
    table.create(row(workspace_id, 1))
    assert table.get(StrangerRecord, row(workspace_id, 1).key) is None
    assert table.query(StrangerRecord, partition(workspace_id, "ROWS")).items == []


def test_get_many_reads_any_number_once(table: Table, workspace_id: str) -> None:
    rows = [row(workspace_id, number) for number in range(230)]
    table.write_many(rows)
    keys = [record.key for record in rows]
    found = table.get_many(RowRecord, [*keys, *keys, Key(keys[0].pk, "missing")], consistent=True)
    assert set(found) == set(keys)
    table.write_many([], deletes=keys[:200])
    assert len(table.get_many(RowRecord, keys, consistent=True)) == 30


def test_queries(table: Table, workspace_id: str) -> None:
    pk = partition(workspace_id, "ROWS")
    table.write_many([row(workspace_id, number) for number in range(1, 8)])
    table.put(StrangerRecord(pk=pk, sk="ROW#00003x", workspace_id=workspace_id, created_at=NOON))

    def names(**conditions: object) -> list[str]:
        return [record.sk[-1] for record in table.query(RowRecord, pk, **conditions).items]  # type: ignore[arg-type]

    assert names(begins_with="ROW#") == list("1234567")
    assert names(after="ROW#00005") == ["6", "7"]
    assert names(before="ROW#00003") == ["1", "2"]
    assert names(between=("ROW#00002", "ROW#00004")) == ["2", "3", "4"]
    assert names(newest_first=True, limit=2) == ["7", "6"]
    assert names(index=None, limit=4) == list("1234")  # the stranger in between does not count
    page = table.query(RowRecord, pk, limit=3)
    again = table.query(RowRecord, pk, limit=3, start=page.next)
    assert [record.sk[-1] for record in again.items] == ["4", "5", "6"]
    by_name = table.query(RowRecord, partition(workspace_id, "BYNAME"), index="gsi1")
    assert [record.sk[-1] for record in by_name.items] == list("7654321")
    assert len(list(table.query_all(RowRecord, pk, limit=2))) == 7
    assert table.count(pk, begins_with="ROW#") == 8


def test_a_transaction_is_all_or_nothing_and_says_what_failed(table: Table, workspace_id: str) -> None:
    table.create(row(workspace_id, 1))
    table.create(row(workspace_id, 2))
    with pytest.raises(TransactionConflictError) as caught:
        table.transact(
            [
                Create(row(workspace_id, 3)),
                Create(row(workspace_id, 1)),
                Check(row(workspace_id, 2).key, RowRecord.name == "other"),
            ]
        )
    assert caught.value.failed == (1, 2)
    image = caught.value.images[1]
    assert image is not None
    assert image["name"] == {"S": "row 1"}
    assert table.get(RowRecord, row(workspace_id, 3).key, consistent=True) is None
    present = table.get(RowRecord, row(workspace_id, 2).key)
    assert present is not None
    present.name = "two"
    table.transact(
        [
            Create(row(workspace_id, 3)),
            Update(row(workspace_id, 1).key, [RowRecord.count.add(5)], RowRecord.name == "row 1"),
            Replace(present),
            Put(row(workspace_id, 4)),
            Delete(row(workspace_id, 9).key),
        ]
    )
    assert present.version == 2
    found = table.get(RowRecord, row(workspace_id, 1).key, consistent=True)
    assert found is not None
    assert (found.count, found.version) == (5, 2)


def test_a_transaction_with_a_token_counts_once(table: Table, runtime: Runtime, workspace_id: str) -> None:
    table.create(row(workspace_id, 1))
    token = runtime.new_id()
    operations = [Update(row(workspace_id, 1).key, [RowRecord.count.add(1)])]
    table.transact(operations, token=token)
    table.transact(operations, token=token)
    found = table.get(RowRecord, row(workspace_id, 1).key, consistent=True)
    assert found is not None
    assert found.count == 1


def test_a_transaction_has_one_to_a_hundred_operations(table: Table, workspace_id: str) -> None:
    for operations in ([], [Create(row(workspace_id, number)) for number in range(101)]):
        with pytest.raises(ValueError, match="100"):
            table.transact(operations)


def test_shards_are_merged_in_order(table: Table, workspace_id: str) -> None:
    for number in range(10):
        table.create(row(workspace_id, number, pk=partition(workspace_id, "SHARD", str(number % 3))))
    reads = [
        lambda limit, shard=shard: table.query(
            RowRecord, partition(workspace_id, "SHARD", str(shard)), newest_first=True, limit=limit
        )
        for shard in range(3)
    ]
    merged = query_merged(reads, limit=4, position=lambda record: record.sk)
    assert [int(record.sk[-1]) for record in merged] == [9, 8, 7, 6]


def test_capacity_is_counted_when_asked(table: Table, workspace_id: str) -> None:
    table.consumed.reset()
    table.create(row(workspace_id, 1))
    assert (table.consumed.writes, table.consumed.by_index) == (2.0, {"table": 1.0, "gsi1": 1.0})
    table.get(RowRecord, row(workspace_id, 1).key)
    assert table.consumed.reads == 0.5
    table.consumed.enabled = False
