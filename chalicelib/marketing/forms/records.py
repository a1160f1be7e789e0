"""The items of a form, and their keys."""

import json
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.foundation.table import InstantAttribute, Key, Record, partition


class CompactAttribute(JSONAttribute):
    """Nested data as JSON without spaces or escapes: a submission is to fit into the one kilobyte that a write unit pays for."""

    def serialize(self, value: Any) -> str | None:
        """The data as text."""
        return None if value is None else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


class FormRecord(Record, discriminator="form"):
    """``W#w#FORM#key`` / ``FORM``; ``gsi1`` finds it by its public key, ``gsi2`` lists the workspace's forms by age."""

    name = UnicodeAttribute()
    state = UnicodeAttribute()
    language = UnicodeAttribute()
    fields = CompactAttribute()
    consents = CompactAttribute(null=True)
    title = CompactAttribute(null=True)
    submit_label = CompactAttribute(null=True)
    thank_you = CompactAttribute(null=True)
    redirect_url = UnicodeAttribute(null=True)
    source = UnicodeAttribute(null=True)
    tags = CompactAttribute(null=True)
    throttle_per_minute = NumberAttribute()
    double_opt_in = NumberAttribute(null=True)

    @property
    def form_key(self) -> str:
        """The form's public key, which stands in its partition."""
        return self.pk.rpartition("#")[2]


class SubmissionRecord(Record):
    """``W#w#FORM#key`` / ``SUB#nonce``: a post that was kept, under its token's nonce, so that a token works once.

    A form's throttle bounds what its partition has to take. Accepted or quarantined is the item's kind.
    """

    values = CompactAttribute()
    consents = CompactAttribute(null=True)
    language = UnicodeAttribute()
    page = CompactAttribute(null=True)
    digest = UnicodeAttribute()
    released_at = InstantAttribute(null=True)
    released_by = UnicodeAttribute(null=True)

    @property
    def form_key(self) -> str:
        """The form's public key, which stands in its partition."""
        return self.pk.rpartition("#")[2]

    @property
    def submission_id(self) -> str:
        """The submission's id, which is its token's nonce."""
        return self.sk.rpartition("#")[2]


class AcceptedRecord(SubmissionRecord, discriminator="submission"):
    """A post that became a contact and a lead."""

    contact_id = UnicodeAttribute()
    lead_id = UnicodeAttribute()


class QuarantinedRecord(SubmissionRecord, discriminator="quarantined_submission"):
    """A suspicious post that waits for a person; listed in ``gsi1``, forgotten after a while."""

    reason = UnicodeAttribute()
    source_ip = UnicodeAttribute(null=True)


class ThrottleRecord(Record, discriminator="form_throttle"):
    """``W#w#FORM#key#RATE`` / ``minute``: how many posts of a form were taken in one minute."""

    posts = NumberAttribute()


def form_partition(workspace_id: str, form_key: str) -> str:
    """The partition of a form and its submissions."""
    return partition(workspace_id, "FORM", form_key)


def form_record_key(workspace_id: str, form_key: str) -> Key:
    """Where a form stands."""
    return Key(form_partition(workspace_id, form_key), "FORM")


def public_partition(form_key: str) -> str:
    """Where a form is found by its public key (``gsi1``); keys are unguessable and belong to one workspace for ever."""
    return f"FORMKEY#{form_key}"


def forms_partition(workspace_id: str) -> str:
    """The list of forms (``gsi2``), sorted by key, which is by age."""
    return partition(workspace_id, "FORMS")


def submission_key(workspace_id: str, form_key: str, nonce: str) -> Key:
    """Where a submission stands."""
    return Key(form_partition(workspace_id, form_key), f"SUB#{nonce}")


def quarantine_partition(workspace_id: str, form_key: str) -> str:
    """A form's posts that wait for a person (``gsi1``), sorted by nonce, which is by time."""
    return partition(workspace_id, "FORM", form_key, "QUARANTINE")


def throttle_key(workspace_id: str, form_key: str, minute: str) -> Key:
    """Where a minute's count stands."""
    return Key(partition(workspace_id, "FORM", form_key, "RATE"), minute)
