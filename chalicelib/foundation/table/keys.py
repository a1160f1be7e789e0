"""Keys. The only way to one goes through the workspace: every partition begins with ``W#<workspace>``."""

from typing import Any, NamedTuple


class Key(NamedTuple):
    """The primary key of one item."""

    pk: str
    sk: str

    def image(self) -> dict[str, dict[str, Any]]:
        """The key as DynamoDB takes it."""
        return {"pk": {"S": self.pk}, "sk": {"S": self.sk}}


def partition(workspace_id: str, *parts: str) -> str:
    """``W#<workspace>#<part>#…``; an empty workspace or part is a bug and raises ``ValueError``."""
    if not workspace_id or "#" in workspace_id or not all(parts):
        raise ValueError("a key needs its workspace and all of its parts")
    return "#".join(("W", workspace_id, *parts))
