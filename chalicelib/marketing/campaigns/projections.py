"""The audit of campaigns: what people change of them, and their states."""

from chalicelib.foundation.projection import Projection
from chalicelib.workspaces.audit.service import audited

_FIELDS = (
    "name",
    "subject",
    "preheader",
    "from_name",
    "from_email",
    "reply_to",
    "template_id",
    "segment_ids",
    "exclude_segment_ids",
    "language",
    "translations",
    "delivery",
    "ab_test",
    "winner",
    "recurrence",
    "goal",
    "topic",
    "resend_of",
    "state",
    "stop_reason",
    "scheduled_at",
    "audience",
)
PROJECTIONS: dict[str, list[Projection]] = {
    "campaign": [audited("campaign", fields=_FIELDS, subject=lambda record: record.campaign_id)]
}
