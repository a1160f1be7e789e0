"""From a new confirmation: its mail."""

from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change
from chalicelib.marketing.confirmations import events
from chalicelib.marketing.confirmations.records import ConfirmationRecord


def ask(change: Change, into: Derivation) -> None:
    """The owner is asked once it is written down."""
    new = change.new
    if isinstance(new, ConfirmationRecord) and change.old is None:
        identity = derived_id(new.created_at, events.ASK, new.own_id)
        order = events.ask(new.workspace_id, new.own_id, new.created_at, event_id=identity, cause=change.id)
        into.fact("messages", order)


PROJECTIONS: dict[str, list[Projection]] = {"confirmation": [ask]}
