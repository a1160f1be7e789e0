"""What the things are called that conditions name: forms, campaigns, pipelines and their stages."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.foundation.runtime import Runtime


class Named(Protocol):
    """The things of one kind, registered in ``wiring.PARTS["named"]``: so conditions can name what is of another wing."""

    def names(self, runtime: "Runtime", workspace_id: str, ids: Collection[str]) -> Mapping[str, str]:
        """The names of those that exist, by id."""
        ...

    def choices(self, runtime: "Runtime", workspace_id: str) -> Mapping[str, str]:
        """Those to choose from, the newest hundred at most, by id."""
        ...
