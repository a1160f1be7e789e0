"""Lists of any kind of record: pages in an order, narrowed by conditions, and how many there are.

A kind is described by a `Listing`: its fields, its shards, how it is read. Features register theirs as a part ``list``
(``wiring.PARTS``), so that views, bulk changes, exports and counts reach every kind.

How a page is found, without reading all records:

- newest or oldest first: the ids that satisfy one condition come from an index in that very order; the condition whose last
  few hundred ids reach back the furthest is the rarest, and is the one that is walked. Without an index for any condition the
  list itself is walked.
- by a field: when some condition is rare (`GATHERED` records at most), its records are read and sorted; else the rows of the
  field are walked in their order.

The records themselves decide whether they match, so a row that is a moment old finds nothing wrong. A page reads at most
`EXAMINED` records; if they did not fill it, it is short, and its position leads on.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar

from chalicelib.customers.fields import service as custom_fields
from chalicelib.customers.fields.domain import Field, FieldType
from chalicelib.customers.lists import domain, store
from chalicelib.customers.lists.domain import Condition, ListedField, Op, ValueType
from chalicelib.customers.lists.records import SEPARATOR, ListedRecord, listed_key, listed_partition
from chalicelib.customers.lists.store import END, ID, START, Span
from chalicelib.foundation import clock
from chalicelib.foundation.errors import FieldError, InvalidError
from chalicelib.foundation.ids import encode as encode_id
from chalicelib.foundation.projection import Derivation
from chalicelib.foundation.table import Key, Table
from chalicelib.workspaces.settings.domain import Workspace

T = TypeVar("T")


class HasTable(Protocol):
    """A runtime, as far as lists need it."""

    @property
    def table(self) -> Table:
        """The one table."""
        ...


EXAMINED = 1000
GATHERED = 500
COUNTED = 10_000
CHECKED = 2000
"""Records read for a count, at most."""
NEWEST = "-created"
_PROBE = 200

_CUSTOM_TYPES = {
    FieldType.TEXT: ValueType.TEXT,
    FieldType.URL: ValueType.TEXT,
    FieldType.NUMBER: ValueType.NUMBER,
    FieldType.MONEY: ValueType.NUMBER,
    FieldType.DATE: ValueType.DATE,
    FieldType.CHOICE: ValueType.EXACT,
    FieldType.MULTI_CHOICE: ValueType.EXACT,
    FieldType.RELATION: ValueType.EXACT,
    FieldType.BOOLEAN: ValueType.BOOLEAN,
}

Direct = Callable[[Table, Workspace, Sequence[Condition], str, int], Sequence[T] | None]
"""Table, workspace, conditions, the id before which, and limit → the newest records, or None."""


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """How records of one kind are listed.

    ``collection`` names their shards in the workspace (``contacts``). ``fields`` are the kind's own; a workspace's filterable
    custom fields come to them as ``custom.<key>``, if ``custom`` gives a record's values by field id. ``everything`` gives the
    partitions of an index of the table that together have every record, sorted by id (in ``table_index``); without it there is
    an index of ours for that. ``read_many`` gives those that are not deleted. ``aliases`` are further names for sorting
    (``owner`` for ``owner_id``).
    """

    kind: str
    collection: str
    fields: tuple[ListedField, ...]
    read_many: Callable[[Table, str, Iterable[str]], Mapping[str, T]]
    everything: Callable[[str, int], Sequence[str]] | None = None
    table_index: str = "gsi1"
    custom: Callable[[T], Mapping[str, Any]] | None = None
    listed: Callable[[T], bool] = lambda _: True
    direct: Direct[T] | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)

    def fields_of(self, runtime: HasTable, workspace_id: str) -> dict[str, ListedField]:
        """What records of this kind can be filtered by in a workspace, by key."""
        found = {each.key: each for each in self.fields}
        if self.custom is not None:
            catalogue = custom_fields.get_catalogue(table=runtime.table, workspace_id=workspace_id)
            found |= {f"custom.{each.key}": self._custom(each) for each in catalogue.of(self.kind) if each.filterable}
        return found

    def conditions(
        self, runtime: HasTable, workspace_id: str, given: Any, *, me: str = "", path: str = "filter"
    ) -> tuple[Condition, ...]:
        """A filter (a list, or JSON text) as conditions; see `chalicelib.customers.lists.domain.parse`."""
        try:
            return domain.parse(given, self.fields_of(runtime, workspace_id), me=me, path=path)
        except InvalidError as error:
            if self.custom is None or not any(each.field.endswith(".field") for each in error.fields):
                raise
            # a field made a moment ago, perhaps, by another function
            custom_fields.get_catalogue(table=runtime.table, workspace_id=workspace_id, fresh=True)
            return domain.parse(given, self.fields_of(runtime, workspace_id), me=me, path=path)

    def page(
        self,
        runtime: HasTable,
        workspace: Workspace,
        conditions: Sequence[Condition] = (),
        sort: str = NEWEST,
        start: str | None = None,
        limit: int = 50,
    ) -> tuple[list[T], str | None]:
        """Some records that match, in an order (``created``, a sortable field, with ``-`` backwards), and the position after
        which the next page starts (None after the last). A page may be short, even empty, and not be the last.
        """
        backwards, name = sort.startswith("-"), sort.removeprefix("-")
        if sort == NEWEST and self.direct is not None:
            found = self.direct(runtime.table, workspace, conditions, start or "", limit)
            if found is not None:
                newest: list[Any] = list(found)
                return newest, newest[-1].id if len(newest) == limit else None
        query = _Query(self, runtime.table, workspace, tuple(conditions), backwards, start or "")
        if name == "created":
            return query.read(query.by_age(limit), limit, None)
        by = self.sortable(name)
        few = query.few()
        if few is not None:
            return query.sorted_page(few, by, limit)
        return query.read(query.by_field(by, limit), limit, by)

    def count(self, runtime: HasTable, workspace: Workspace, conditions: Sequence[Condition] = ()) -> tuple[int, bool]:
        """How many records match, and whether that is exact; else there are at least so many."""
        return _Query(self, runtime.table, workspace, tuple(conditions), True, "").count()

    def sortable(self, name: str) -> ListedField:
        """The field that a list is sorted by; `InvalidError` names ``sort``."""
        name = self.aliases.get(name, name)
        found = next((each for each in self.fields if each.key == name and each.sortable), None)
        if found is None:
            names = [each.key for each in self.fields if each.sortable]
            raise InvalidError(f"One of created, {', '.join(names)}, with - backwards.", field="sort", code="unknown")
        return found

    # Rows

    def rows(self, table: Table, workspace_id: str, record: T | None, *, former: bool = False) -> set[Key]:
        """The keys of the rows that a record has; none for one that is in no list. With ``former`` also those it had while a
        custom field was still in use and filterable.
        """
        if record is None or not self.listed(record):
            return set()
        listed: Any = record
        return {
            listed_key(workspace_id, self.kind, each.index, listed.shard, encoded, listed.id)
            for each in self._indexed(table, workspace_id, record, former)
            for encoded in each.encoded(record)
        }

    def keep_rows(
        self,
        into: Derivation,
        *,
        workspace_id: str,
        old: T | None,
        new: T | None,
        current: Callable[[], T | None],
        made: datetime,
    ) -> None:
        """In a projection: make the rows of a record those of what it is now. ``old`` and ``new`` are the change's images,
        ``current`` reads the record (`Derivation.current`), and is only asked when the change is about a row at all.
        """
        before, after = (self.rows(into.table, workspace_id, each, former=True) for each in (old, new))
        if before == after:
            return
        now = self.rows(into.table, workspace_id, current())
        for key in now - (before & after):
            into.put(ListedRecord(pk=key.pk, sk=key.sk, workspace_id=workspace_id, created_at=made))
        for key in (before | after) - now:
            into.delete(key)

    def _indexed(self, table: Table, workspace_id: str, record: T, former: bool) -> Iterator[ListedField]:
        for each in self.fields:
            if each.index:
                yield each
        if self.everything is None:
            yield EVERYTHING
        values = self.custom(record) if self.custom is not None else {}
        if not values:
            return
        for own in custom_fields.fields_of_values(table=table, workspace_id=workspace_id, values=values):
            if former or (own.filterable and not own.archived):
                yield self._custom(own)

    def _custom(self, own: Field) -> ListedField:
        custom = self.custom
        assert custom is not None

        def values(record: Any) -> Sequence[Any]:
            value = custom(record).get(own.id)
            if value is None:
                return ()
            if own.type is FieldType.MONEY:
                return (float(value["amount"]),)
            return value if isinstance(value, list) else (value,)

        index, several = f"custom.{own.id}", own.type is FieldType.MULTI_CHOICE
        return ListedField(f"custom.{own.key}", _CUSTOM_TYPES[own.type], values, index=index, several=several)


def narrowed(
    listing: Listing[Any], runtime: HasTable, workspace_id: str, given: Mapping[str, Any], *, me: str = ""
) -> list[Condition]:
    """Conditions from a query's own parameters (``?tag=vip&owner_id=me``), as far as they are given. `InvalidError` names the
    parameter.
    """
    found: list[Condition] = []
    for name, value in given.items():
        if value in (None, ""):
            continue
        try:
            found += listing.conditions(runtime, workspace_id, [{"field": name, "op": "is", "value": value}], me=me)
        except InvalidError as error:
            raise InvalidError(fields=[FieldError(name, each.message, each.code) for each in error.fields]) from error
    return found


EVERYTHING = ListedField("everything", ValueType.EXACT, lambda _: (), index="everything", empties=True)


class _Query(Generic[T]):
    """One page or count of one list."""

    def __init__(
        self,
        listing: Listing[T],
        table: Table,
        workspace: Workspace,
        conditions: tuple[Condition, ...],
        backwards: bool,
        start: str,
    ):
        self.listing, self.table, self.workspace = listing, table, workspace
        self.conditions, self.backwards, self.start = conditions, backwards, start
        self.shards = range(workspace.shards_of(listing.collection))
        self.oldest, self.newest = _ages(conditions)

    # Where ids come from

    def by_age(self, limit: int) -> Iterator[str]:
        """Sort keys by age: of the rarest condition that has an index, or of everything."""
        lookup = self._lookup(GATHERED)
        if lookup is not None:
            low, high = self._between_ids()
            return iter(sorted((each for each in lookup if low <= each <= high), reverse=self.backwards))
        equal = [spans for condition in self.conditions if (spans := self._equal(condition)) is not None]
        if not equal:
            ranged = self._few_in_range()
            if ranged is not None:
                low, high = self._between_ids()
                return iter(sorted((each for each in ranged if low <= each <= high), reverse=self.backwards))
            return self._merged(self._everything(), limit)
        if len(equal) == 1:
            return self._merged(equal[0], limit)
        return self._rarest(equal)

    def by_field(self, by: ListedField, limit: int) -> Iterator[str]:
        """Sort keys in the order of a field, of everything (or of a range of the field, where there is a condition on it)."""
        low, high = START, END
        for condition in self.conditions:
            if condition.field.key == by.key:
                span = _encoded_range(condition)
                if span is not None:
                    low, high = max(low, span[0]), min(high, span[1])
        if self.start:
            low, high = (low, min(high, self.start)) if self.backwards else (max(low, self.start), high)
        spans = [Span(self._partition(by, shard), "", low, high) for shard in self.shards]
        return self._merged(spans, limit, by_id=False)

    def few(self) -> list[str] | None:
        """The ids that satisfy some condition, if there are not many; None when there are, or no condition has an index."""
        found = self._lookup(GATHERED)
        if found is None:
            for condition in self.conditions:
                spans = self._equal(condition, whole=True)
                ids = self._gather(spans, GATHERED) if spans is not None else None
                if ids is not None and (found is None or len(ids) < len(found)):
                    found = ids
        return found if found is not None else self._few_in_range()

    def _lookup(self, limit: int) -> list[str] | None:
        for condition in self.conditions:
            if condition.field.lookup is not None and condition.op is Op.IS:
                found = condition.field.lookup(self.table, self.workspace.id, condition.values[0], limit)
                if found is not None:
                    return list(dict.fromkeys(found))
        return None

    def _few_in_range(self) -> list[str] | None:
        for condition in self.conditions:
            if condition.field.index and (span := _encoded_range(condition)) is not None:
                spans = [Span(self._partition(condition.field, shard), "", *span) for shard in self.shards]
                found = self._gather(spans, GATHERED)
                if found is not None:
                    return found
        return None

    def _gather(self, spans: Sequence[Span], limit: int) -> list[str] | None:
        found: dict[str, None] = {}
        for span in spans:
            for key in islice(store.walk(self.table, span, newest_first=True, page=_PROBE), limit + 1):
                found[key[-ID:]] = None
                if len(found) > limit:
                    return None
        return list(found)

    def _rarest(self, choices: Sequence[Sequence[Span]]) -> Iterator[str]:
        """The keys of the choice whose next few hundred reach the furthest: it has the fewest on the way."""
        best: tuple[bool, str] | None = None
        found: list[str] = []
        rest: Iterator[str] = iter(())
        for spans in choices:
            keys = self._merged(spans, _PROBE)
            probe = list(islice(keys, _PROBE))
            exhausted = len(probe) < _PROBE
            reach = probe[-1][-ID:] if probe else ""
            if exhausted and (best is None or not best[0] or len(probe) < len(found)):
                best, found, rest = (True, reach), probe, iter(())
            elif best is None or (not best[0] and (reach < best[1]) == self.backwards):
                best, found, rest = (False, reach), probe, keys
        return _chain(found, rest)

    def _equal(self, condition: Condition, *, whole: bool = False) -> list[Span] | None:
        """The ranges, sorted by id, that have every record of which a condition can hold; None without such an index. They
        begin where this page does, unless they are asked for as a ``whole``.
        """
        own = condition.field
        if condition.op in (Op.IS, Op.IN):
            encoded = [domain.encode(own.type, value) for value in condition.values]
        elif condition.op is Op.EMPTY and own.keeps_empty:
            encoded = [""]
        else:
            return None
        low, high = (START, END) if whole else self._between_ids()
        if own.partitions is not None and condition.op is not Op.EMPTY:
            place, workspace_id = own.partitions, self.workspace.id
            partitions = {place(workspace_id, each, shard) for each in encoded for shard in self.shards}
            return [Span(each, own.table_index, low, high) for each in sorted(partitions)]
        if not own.index:
            return None
        return [
            Span(self._partition(own, shard), "", f"{each}{SEPARATOR}{low}", f"{each}{SEPARATOR}{high}")
            for each in dict.fromkeys(encoded)
            for shard in self.shards
        ]

    def _everything(self) -> list[Span]:
        low, high = self._between_ids()
        if self.listing.everything is None:
            return [
                Span(self._partition(EVERYTHING, shard), "", f"{SEPARATOR}{low}", f"{SEPARATOR}{high}")
                for shard in self.shards
            ]
        partitions = self.listing.everything(self.workspace.id, len(self.shards))
        return [Span(each, self.listing.table_index, low, high) for each in partitions]

    def _between_ids(self) -> tuple[str, str]:
        """The ids that this page can have: made when the conditions say, and after the former page's."""
        low, high = self.oldest, self.newest
        if self.start:
            return (low, min(high, self.start)) if self.backwards else (max(low, self.start), high)
        return low, high

    def _merged(self, spans: Sequence[Span], limit: int, *, by_id: bool = True) -> Iterator[str]:
        """The keys of several ranges in one order: of their ids, or of whole keys."""
        walks = [store.walk(self.table, span, newest_first=self.backwards, page=limit + 1) for span in spans]
        if len(walks) == 1:
            return walks[0]
        return heapq.merge(*walks, key=_id_of if by_id else None, reverse=self.backwards)

    def _partition(self, own: ListedField, shard: int) -> str:
        return listed_partition(self.workspace.id, self.listing.kind, own.index, shard)

    # Records

    def read(self, keys: Iterator[str], limit: int, by: ListedField | None) -> tuple[list[T], str | None]:
        """The first records at these keys that match. In the order of a field, a row that is not the record's any more is
        passed over: the record stands elsewhere.
        """
        found: list[T] = []
        seen: set[str] = set()
        examined, position, size = 0, self.start, limit
        ahead = next(keys, None)
        while ahead is not None:
            chunk = [ahead, *islice(keys, size - 1)]
            ahead, size = next(keys, None), 100
            records = self.listing.read_many(self.table, self.workspace.id, {_id_of(key) for key in chunk} - seen)
            for place, key in enumerate(chunk):
                id_ = _id_of(key)
                position = key if by is not None else id_
                record = records.get(id_)
                if position == self.start or record is None or id_ in seen or not self._matches(record, by, key):
                    continue
                seen.add(id_)
                found.append(record)
                if len(found) == limit:
                    more = ahead is not None or place + 1 < len(chunk)
                    return found, position if more else None
            examined += len(chunk)
            if examined >= EXAMINED and ahead is not None:
                return found, position
        return found, None

    def sorted_page(self, ids: Sequence[str], by: ListedField, limit: int) -> tuple[list[T], str | None]:
        """A page of these records by a field."""
        records = self.listing.read_many(self.table, self.workspace.id, ids)
        placed = [
            (f"{next(iter(by.encoded(record)))}{SEPARATOR}{id_}", record)
            for id_, record in records.items()
            if self._matches(record, None, "")
        ]
        placed.sort(key=lambda each: each[0], reverse=self.backwards)
        if self.start:
            placed = [each for each in placed if (each[0] < self.start if self.backwards else each[0] > self.start)]
        page = placed[:limit]
        return [record for _, record in page], page[-1][0] if len(placed) > limit else None

    def _matches(self, record: T, by: ListedField | None, key: str) -> bool:
        if by is not None and next(iter(by.encoded(record))) != key[: -ID - 1]:
            return False
        return all(condition.holds(record) for condition in self.conditions)

    # Counting

    def count(self) -> tuple[int, bool]:
        """See `Listing.count`."""
        if not self.conditions:
            return self._count_keys(self._everything_counted())
        covered = [self._covering(condition) for condition in self.conditions]
        if len(covered) == 1 and covered[0] is not None and not _repeats(self.conditions[0]):
            return self._count_keys(covered[0])
        sets = [found for spans in covered if spans is not None and (found := self._gather(spans, COUNTED)) is not None]
        if len(sets) == len(covered):
            return len(set.intersection(*map(set, sets))), True
        looked_up = self._lookup(GATHERED)
        if looked_up is not None:
            sets.append(looked_up)
        if sets:
            fewest: list[str] = min(sets, key=len)
            return self._count_records(iter(fewest))
        return self._count_records(map(_id_of, self.by_age(_PROBE)))

    def _count_keys(self, spans: Iterable[Span]) -> tuple[int, bool]:
        total = 0
        for span in spans:
            total += store.count(self.table, span, limit=COUNTED + 1 - total)
            if total > COUNTED:
                return COUNTED, False
        return total, True

    def _count_records(self, ids: Iterator[str]) -> tuple[int, bool]:
        counted: set[str] = set()
        examined = 0
        while examined < CHECKED:
            chunk = list(islice(ids, min(100, CHECKED - examined)))
            if not chunk:
                return len(counted), True
            records = self.listing.read_many(self.table, self.workspace.id, set(chunk))
            counted |= {id_ for id_, record in records.items() if self._matches(record, None, "")}
            examined += len(chunk)
        return len(counted), next(ids, None) is None

    def _everything_counted(self) -> list[Span]:
        """Everything by rows of ours, where there are some: they are a tenth of an item of the table."""
        whole = next((each for each in self.listing.fields if each.sortable and each.index), None)
        if whole is None or (self.oldest, self.newest) != (START, END):
            return self._everything()
        return [Span(self._partition(whole, shard), "", START, END) for shard in self.shards]

    def _covering(self, condition: Condition) -> list[Span] | None:
        """Ranges of rows that say by themselves of which records a condition holds."""
        own = condition.field
        if (self.oldest, self.newest) != (START, END) or not own.index or own.partitions is not None:
            return None
        if own.type is ValueType.TEXT and any(len(value) >= domain.ENCODED for value in condition.values):
            return None
        if condition.op in (Op.IS, Op.IN, Op.EMPTY):
            return self._equal(condition, whole=True)
        span = _encoded_range(condition)
        return None if span is None else [Span(self._partition(own, shard), "", *span) for shard in self.shards]


def _encoded_range(condition: Condition) -> tuple[str, str] | None:
    """The keys of an index among which all records are of which a condition holds; None when they are no range."""
    own = condition.field
    if condition.op is Op.BEGINS:
        prefix = domain.encode(own.type, condition.values[0])
        return prefix, prefix + END
    if condition.op in (Op.BETWEEN, Op.AT_LEAST, Op.AT_MOST):
        low, high = condition.values
        first = domain.encode(own.type, low) if low is not None else " "
        return first, END if high is None else f"{domain.encode(own.type, high)}{SEPARATOR}{END}"
    if condition.op is Op.IS:
        encoded = domain.encode(own.type, condition.values[0])
        return f"{encoded}{SEPARATOR}", f"{encoded}{SEPARATOR}{END}"
    if condition.op is Op.EMPTY and own.keeps_empty:
        return SEPARATOR, f"{SEPARATOR}{END}"
    if condition.op is Op.PRESENT:
        return " ", END
    return None


def _repeats(condition: Condition) -> bool:
    """Whether a record can stand more than once among the rows that satisfy a condition."""
    return condition.field.several and condition.op not in (Op.IS, Op.EMPTY)


def _id_of(key: str) -> str:
    """The id at the end of a sort key."""
    return key[-ID:]


def _ages(conditions: Sequence[Condition]) -> tuple[str, str]:
    """The first and the last id that records can have by the conditions on ``created_at``: ids begin with their time."""
    low, high = START, END
    for condition in conditions:
        if condition.field.key != "created_at" or condition.op not in (Op.BETWEEN, Op.AT_LEAST, Op.AT_MOST):
            continue
        first, last = condition.values
        if first is not None:
            low = max(low, _id_at(first, 0))
        if last is not None:
            high = min(high, _id_at(last, (1 << 80) - 1))
    return low, high


def _id_at(moment: str, random: int) -> str:
    milliseconds = max(0, min(int(clock.from_text(moment).timestamp() * 1000), (1 << 48) - 1))
    return encode_id(milliseconds << 80 | random)


def _chain(first: Iterable[str], rest: Iterator[str]) -> Iterator[str]:
    yield from first
    yield from rest
