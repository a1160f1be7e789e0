"""Keys. The only way to one goes through the workspace: every partition begins with ``W#<workspace>``, but for the
index of mails by the provider's ids (`message_index`): what tells of a mail does not say whose it is.
"""

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


def message_index(message_id: str) -> str:
    """The partition of ``gsi2`` of a mail by the provider's id of it: of all mails, whoever sends them, so that an event which brings
    no tags finds what it is about.
    """
    return f"MESSAGE#{message_id}"
