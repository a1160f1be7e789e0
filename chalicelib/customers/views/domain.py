"""What a saved view is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

VIEWS_LIMIT = 200
"""Views of one member, and shared ones of a workspace."""
COLUMNS_LIMIT = 60


@dataclass(frozen=True, slots=True)
class View:
    """A list as somebody wants to see it again. ``filter`` holds conditions as they are written in JSON (``me`` is whoever
    looks); ``owner_id`` is who made it, and only that one sees it unless it is ``shared``.
    """

    workspace_id: str
    id: str
    kind: str
    name: str
    owner_id: str
    created_at: datetime
    updated_at: datetime
    version: int = 1
    filter: Sequence[Mapping[str, Any]] = ()
    sort: str = "-created"
    columns: tuple[str, ...] = ()
    shared: bool = False
    pinned: bool = False
    changed_by: str = ""
