"""The ledger's items and where they stand."""

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from chalicelib.foundation.table import DecimalAttribute, InstantAttribute, Key, Record, partition
from chalicelib.marketing.sending.domain import shard_of

RECIPIENT_PREFIX = "R#"


class RecipientRecord(Record, discriminator="recipient"):
    """``W#w#CAMP#k#<shard>`` / ``R#<contact>``; in ``gsi2`` by the provider's message id once it is known, since the provider's
    events do not always carry our tags; in ``due`` while an open or click waits to be judged a person's.
    """

    campaign_id = UnicodeAttribute()
    contact_id = UnicodeAttribute()
    email = UnicodeAttribute(null=True)
    contact_version = NumberAttribute(null=True)
    state = UnicodeAttribute()
    state_at = InstantAttribute()
    attempt = NumberAttribute(default=0)
    reason = UnicodeAttribute(null=True)
    lease_until = InstantAttribute(null=True)
    holder = UnicodeAttribute(null=True)
    not_before = InstantAttribute(null=True)
    consent_id = UnicodeAttribute(null=True)
    message_id = UnicodeAttribute(null=True)
    sent_at = InstantAttribute(null=True)
    delivered_at = InstantAttribute(null=True)
    bounced_at = InstantAttribute(null=True)
    bounce_kind = UnicodeAttribute(null=True)
    bounce_class = UnicodeAttribute(null=True)
    delayed_at = InstantAttribute(null=True)
    soft_bounces = UnicodeSetAttribute(null=True)
    complained_at = InstantAttribute(null=True)
    opened_at = InstantAttribute(null=True)
    machine_opened_at = InstantAttribute(null=True)
    clicked_at = InstantAttribute(null=True)
    machine_clicked_at = InstantAttribute(null=True)
    links = UnicodeSetAttribute(null=True)
    client = UnicodeAttribute(null=True)
    device = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    variant = NumberAttribute(null=True)
    unsubscribed_at = InstantAttribute(null=True)
    open_scored_at = InstantAttribute(null=True)
    click_scored_at = InstantAttribute(null=True)
    converted_at = InstantAttribute(null=True)
    goal_ref = UnicodeAttribute(null=True)
    revenue = DecimalAttribute(null=True)
    currency = UnicodeAttribute(null=True)


class ShardRecord(Record, discriminator="campaign_shard"):
    """``W#w#CAMP#k`` / ``SHARD#nnn``: how many rows a shard of the ledger has, and whether all of them have come to an end; when a
    person last brought one of them back to life.
    """

    shard = NumberAttribute()
    planned = NumberAttribute()
    done = NumberAttribute(default=0)
    worked_at = InstantAttribute(null=True)
    next_at = InstantAttribute(null=True)
    reopened_at = InstantAttribute(null=True)


class PaceRecord(Record, discriminator="campaign_pace"):
    """``W#w#CAMP#k`` / ``PACE``: until which moment (epoch seconds) this campaign has used up its hour's messages."""

    until = NumberAttribute()


class WarmUpRecord(Record, discriminator="warm_up"):
    """``W#w`` / ``WARMUP#<domain>``: how far the receivers have got to know a sending domain: the day (``2026-11-21``), the messages
    it has given leave to, and how many days there were before.
    """

    day = UnicodeAttribute()
    taken = NumberAttribute()
    step = NumberAttribute()


class CapRecord(Record, discriminator="mail_cap"):
    """``W#w#C#c`` / ``MAILCAP``: when this contact was last in which campaign; kept while the workspace has a frequency cap."""

    sent = JSONAttribute()


class SendingSettingsRecord(Record, discriminator="sending_settings"):
    """``W#w`` / ``SENDING``: the workspace's frequency cap."""

    cap_messages = NumberAttribute(default=0)
    cap_days = NumberAttribute(default=7)


class TestMailRecord(Record, discriminator="test_mail"):
    """``W#w#TESTMAIL#<message id>`` / ``MAIL``: so that the provider's events about a test are known to be of no campaign."""


def test_mail_key(workspace_id: str, message_id: str) -> Key:
    """Where a test's row stands."""
    return Key(partition(workspace_id, "TESTMAIL", message_id), "MAIL")


def ledger_partition(workspace_id: str, campaign_id: str, shard: int) -> str:
    """One shard of a campaign's ledger."""
    return partition(workspace_id, "CAMP", campaign_id, f"{shard:03d}")


def recipient_key(workspace_id: str, campaign_id: str, contact_id: str, shards: int) -> Key:
    """Where a recipient's row stands."""
    shard = shard_of(contact_id, shards)
    return Key(ledger_partition(workspace_id, campaign_id, shard), RECIPIENT_PREFIX + contact_id)


def shard_key(workspace_id: str, campaign_id: str, shard: int) -> Key:
    """Where a shard's row stands."""
    return Key(partition(workspace_id, "CAMP", campaign_id), f"SHARD#{shard:03d}")


def pace_key(workspace_id: str, campaign_id: str) -> Key:
    """Where a campaign's pace stands."""
    return Key(partition(workspace_id, "CAMP", campaign_id), "PACE")


def warm_up_key(workspace_id: str, domain: str) -> Key:
    """Where a domain's warming up stands."""
    return Key(partition(workspace_id), f"WARMUP#{domain}")


def cap_key(workspace_id: str, contact_id: str) -> Key:
    """Where a contact's recent campaigns stand."""
    return Key(partition(workspace_id, "C", contact_id), "MAILCAP")


def settings_key(workspace_id: str) -> Key:
    """Where the workspace's settings of sending stand."""
    return Key(partition(workspace_id), "SENDING")


VISIT_SHARDS = 8


def visits_due(shard: int) -> str:
    """The partition of ``due`` of recipients whose opens and clicks are to be judged; eight, so that a big campaign's first
    minutes do not crowd one.
    """
    return f"DUE#visits#{shard % VISIT_SHARDS}"
