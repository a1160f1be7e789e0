"""What scoring does when two contacts become one."""

from collections.abc import Sequence

from chalicelib.customers.merges.domain import Follower
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Key
from chalicelib.marketing.scoring.records import standing_key


class _Standings:
    """The survivor's score is its own: so is what it was given for. The other's standing goes, and comes back with an undo."""

    def places(self, workspace_id: str, contact_id: str) -> Sequence[Key]:
        """The contact's standing."""
        return [standing_key(workspace_id, contact_id)]

    def merged(self, runtime: Runtime, workspace_id: str, survivor_id: str, other_id: str) -> list[str]:
        """Nothing more: the survivor's change is a fact that scoring hears of."""
        return []

    def undone(
        self, runtime: Runtime, workspace_id: str, survivor_id: str, other_id: str, moved: Sequence[str]
    ) -> None:
        """Nothing more."""


FOLLOWER: Follower = _Standings()
