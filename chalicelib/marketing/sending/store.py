"""The rows beside the ledger: its shards, frequency caps, settings."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chalicelib.foundation.clock import from_text, to_text
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.table import Key, Table, message_index
from chalicelib.marketing.campaigns.domain import Campaign
from chalicelib.marketing.sending.domain import FrequencyCap, day_limit, spacing
from chalicelib.marketing.sending.records import (
    CapRecord,
    PaceRecord,
    RecipientRecord,
    SendingSettingsRecord,
    ShardRecord,
    TestMailRecord,
    WarmUpRecord,
    cap_key,
    ledger_partition,
    pace_key,
    settings_key,
    shard_key,
    test_mail_key,
    warm_up_key,
)

_CAP_DAYS = 60
_TRIES = 6
_MUCH_LATER = timedelta(minutes=1)
REOPENING = timedelta(seconds=30)
"""How long after a shard was opened again its row may come back to life at the latest."""


def put_shard(table: Table, campaign: Campaign, shard: int, planned: int, now: datetime) -> None:
    """A shard of the ledger as it was counted; an empty one has nothing left to do."""
    key = shard_key(campaign.workspace_id, campaign.id, shard)
    table.put(
        ShardRecord(
            pk=key.pk,
            sk=key.sk,
            workspace_id=campaign.workspace_id,
            created_at=now,
            shard=shard,
            planned=planned,
            done=int(planned == 0),
        )
    )


def shards(table: Table, campaign: Campaign) -> list[ShardRecord]:
    """The campaign's shards, as they certainly are now."""
    pk = shard_key(campaign.workspace_id, campaign.id, 0).pk
    return list(table.query_all(ShardRecord, pk, begins_with="SHARD#", consistent=True))


def read_shard(table: Table, campaign: Campaign, shard: int) -> ShardRecord | None:
    """One shard."""
    return table.get(ShardRecord, shard_key(campaign.workspace_id, campaign.id, shard), consistent=True)


def worked(table: Table, campaign: Campaign, shard: int, now: datetime) -> None:
    """Somebody is working through this shard: the tick need not send anybody else."""
    _change(table, shard_key(campaign.workspace_id, campaign.id, shard), [ShardRecord.worked_at.set(now)])


def done(table: Table, campaign: Campaign, shard: int, now: datetime, *, began: datetime) -> bool:
    """All rows of the shard have come to an end, as a walk found that ``began`` then; False when one may have been brought back to life
    since it passed.
    """
    actions: list[Any] = [ShardRecord.done.set(1), ShardRecord.worked_at.set(now), ShardRecord.next_at.remove()]
    since = ShardRecord.reopened_at.does_not_exist() | (ShardRecord.reopened_at < began - REOPENING)
    try:
        table.update(ShardRecord, shard_key(campaign.workspace_id, campaign.id, shard), actions, condition=since)
    except ConflictError:
        return False
    return True


def reopen(table: Table, campaign: Campaign, shard: int, now: datetime) -> None:
    """A row of the shard is about to be brought back to life."""
    actions: list[Any] = [
        ShardRecord.done.set(0),
        ShardRecord.reopened_at.set(now),
        ShardRecord.worked_at.set(now),
        ShardRecord.next_at.remove(),
    ]
    _change(table, shard_key(campaign.workspace_id, campaign.id, shard), actions)


def wake(table: Table, workspace_id: str, campaign_id: str, shard: int, now: datetime) -> None:
    """Something has changed a row of this shard from outside: it is to be walked again soon."""
    _change(
        table,
        shard_key(workspace_id, campaign_id, shard),
        [ShardRecord.next_at.set(now), ShardRecord.worked_at.remove()],
    )


def next_walk(table: Table, campaign: Campaign, shard: int, at: datetime, now: datetime) -> bool:
    """Whether it is for the caller to order the shard's next walk: not when somebody has ordered one that is yet to come, unless that is
    much later. The other comes then, too, and finds that a walk is yet to come.
    """
    try:
        table.update(
            ShardRecord,
            shard_key(campaign.workspace_id, campaign.id, shard),
            [ShardRecord.next_at.set(at), ShardRecord.worked_at.set(now)],
            condition=ShardRecord.next_at.does_not_exist()
            | (ShardRecord.next_at <= now)
            | (ShardRecord.next_at > at + _MUCH_LATER),
        )
    except ConflictError:
        return False
    return True


def recipients(
    table: Table, workspace_id: str, campaign_id: str, shard: int, *, after: str, limit: int
) -> list[RecipientRecord]:
    """Rows of a shard in order."""
    pk = ledger_partition(workspace_id, campaign_id, shard)
    start = {"pk": {"S": pk}, "sk": {"S": after}} if after else None
    return table.query(RecipientRecord, pk, begins_with="R#", start=start, limit=limit).items


def cap(table: Table, workspace_id: str) -> FrequencyCap:
    """The workspace's frequency cap."""
    record = table.get(SendingSettingsRecord, settings_key(workspace_id))
    return FrequencyCap(int(record.cap_messages), int(record.cap_days)) if record is not None else FrequencyCap()


def put_cap(table: Table, workspace_id: str, cap: FrequencyCap, now: datetime, changed_by: str) -> None:
    """Set it."""
    key = settings_key(workspace_id)
    table.put(
        SendingSettingsRecord(
            pk=key.pk,
            sk=key.sk,
            workspace_id=workspace_id,
            created_at=now,
            updated_at=now,
            changed_by=changed_by,
            cap_messages=cap.messages,
            cap_days=cap.days,
        )
    )


def put_test_mail(table: Table, workspace_id: str, message_id: str, now: datetime) -> None:
    """Note that a message was a test."""
    key = test_mail_key(workspace_id, message_id)
    table.put(
        TestMailRecord(
            pk=key.pk,
            sk=key.sk,
            workspace_id=workspace_id,
            created_at=now,
            gsi2pk=message_index(message_id),
            gsi2sk="test",
            expires_at=int(now.timestamp()) + 3 * 86400,
        )
    )


def recent(table: Table, workspace_id: str, contact_ids: Iterable[str]) -> dict[str, CapRecord]:
    """The campaigns these contacts were in lately."""
    keys = [cap_key(workspace_id, contact_id) for contact_id in contact_ids]
    found = table.get_many(CapRecord, keys, consistent=True)
    return {key.pk.rpartition("#")[2]: record for key, record in found.items()}


def reserve(
    table: Table,
    workspace_id: str,
    contact_id: str,
    campaign_id: str,
    caps: Sequence[FrequencyCap],
    now: datetime,
    known: CapRecord | None,
) -> FrequencyCap | None:
    """Take one of a contact's places in the window of each of these caps for this campaign; it is taken once, however often it is
    asked for. The cap that has no place left, or None: it is taken.
    """
    record = known
    for _ in range(4):
        since = now - timedelta(days=_CAP_DAYS)
        sent = {
            campaign: at
            for campaign, at in (record.sent if record is not None else {}).items()
            if from_text(at) > since
        }
        if campaign_id in sent:
            return None
        full = full_cap(sent, caps, now)
        if full is not None:
            return full
        sent[campaign_id] = to_text(now)
        key = cap_key(workspace_id, contact_id)
        changed = CapRecord(
            pk=key.pk,
            sk=key.sk,
            workspace_id=workspace_id,
            created_at=now,
            version=int(record.version) if record is not None else 1,
            sent=sent,
            expires_at=int(now.timestamp()) + _CAP_DAYS * 86400,
        )
        try:
            table.create(changed) if record is None else table.replace(changed)
        except ConflictError:
            record = table.get(CapRecord, key, consistent=True)
        else:
            return None
    return caps[0] if caps else None


def full_cap(sent: Mapping[str, str], caps: Sequence[FrequencyCap], now: datetime) -> FrequencyCap | None:
    """The first of these caps that has no place left, when these campaigns were sent at these times; None when all have one."""
    times = [from_text(at) for at in sent.values()]
    for cap in caps:
        if sum(at > now - timedelta(days=cap.days) for at in times) >= cap.messages:
            return cap
    return None


def take_of_hour(table: Table, campaign: Campaign, per_hour: int, wanted: int, now: datetime) -> tuple[int, datetime]:
    """Leave for so many messages of a campaign or fewer, none over its hour's number; with none, when there is one again.

    A virtual schedule (`GCRA <https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm>`_) over all senders: one moment says until
    when messages have been given leave to.
    """
    between, together = spacing(per_hour)
    key, second = pace_key(campaign.workspace_id, campaign.id), now.timestamp()
    for _ in range(_TRIES):
        record = table.get(PaceRecord, key, consistent=True)
        until = max(float(record.until) if record is not None else 0.0, second)
        granted = min(wanted, int((second + together - until) / between + 1e-6))
        if granted < 1:
            return 0, datetime.fromtimestamp(until - together + between, UTC)
        used = round(until + granted * between, 3)
        try:
            if record is None:
                table.create(
                    PaceRecord(pk=key.pk, sk=key.sk, workspace_id=campaign.workspace_id, created_at=now, until=used)
                )
            else:
                record.until = used
                table.replace(record)
        except ConflictError:
            continue  # another sender was faster
        return granted, now
    return 0, now + timedelta(seconds=1)


def take_of_day(
    table: Table, workspace_id: str, domain: str, today: date, wanted: int, now: datetime, since: date | None = None
) -> int:
    """Leave for so many messages from a domain that warms up, or fewer; 0 when its day is used up. Days before ``since`` do not count."""
    key, day = warm_up_key(workspace_id, domain), today.isoformat()
    for _ in range(_TRIES):
        record = table.get(WarmUpRecord, key, consistent=True)
        step, taken = (int(record.step), int(record.taken)) if record is not None else (0, 0)
        anew = record is not None and since is not None and record.day < since.isoformat() <= day
        if anew:
            step = taken = 0
        limit = day_limit(step)
        if limit is None:
            return wanted
        if record is not None and record.day < day and not anew:
            step, taken = step + (2 * taken >= limit), 0
            limit = day_limit(step)
        granted = wanted if limit is None else min(wanted, limit - taken)
        if granted < 1:
            return 0
        try:
            if record is None:
                table.create(
                    WarmUpRecord(
                        pk=key.pk, sk=key.sk, workspace_id=workspace_id, created_at=now, day=day, taken=granted, step=0
                    )
                )
            else:
                record.day, record.taken, record.step = max(day, record.day), taken + granted, step
                table.replace(record)
        except ConflictError:
            continue
        return granted
    return 0


def _change(table: Table, key: Key, actions: Sequence[Any]) -> None:
    try:
        table.update(ShardRecord, key, actions)
    except ConflictError:
        return  # there is no such shard: the campaign was not planned this far
