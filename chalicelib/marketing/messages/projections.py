"""From a message's changes: the workspace's counts of single mails, apart from campaigns'. From a campaign's: its seed list."""

from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change
from chalicelib.marketing.campaigns.records import CampaignRecord
from chalicelib.marketing.messages import events
from chalicelib.marketing.messages.records import MessageRecord
from chalicelib.workspaces.settings import service as workspaces

_TIMES = {
    "sent_at": "sent",
    "delivered_at": "delivered",
    "bounced_at": "bounced",
    "complained_at": "complained",
}


def count(change: Change, into: Derivation) -> None:
    """One more of the day, when it happens first."""
    old, new = change.old, change.new
    if not isinstance(new, MessageRecord):
        return
    for attribute, name in _TIMES.items():
        at = getattr(new, attribute)
        if at is None or getattr(old, attribute, None) is not None:
            continue
        workspace = workspaces.get_workspace(table=into.table, workspace_id=new.workspace_id)
        into.count(change, f"message.{name}", workspaces.local_day(workspace, at), "all", 1)


def seed(change: Change, into: Derivation) -> None:
    """A campaign that begins to be sent is sent to the seed list, too."""
    old, new = change.old, change.new
    if not isinstance(new, CampaignRecord) or new.state != "sending" or getattr(old, "state", "") == "sending":
        return
    data = {"campaign_id": new.campaign_id}
    identity = derived_id(new.created_at, events.SEEDS, new.campaign_id)
    at = new.updated_at or new.created_at
    into.fact("messages", Envelope(identity, events.SEEDS, new.workspace_id, at, data, cause=change.id))


PROJECTIONS: dict[str, list[Projection]] = {"message": [count], "campaign": [seed]}
