"""What a file is, and which may come in."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

LARGEST = 25 * 1024 * 1024
"""Bytes a file has at most."""
UPLOAD_SECONDS = 3600
LINK_SECONDS = 600

Owner = Literal["contact", "company", "deal", "lead", "task"]


class FileState(StrEnum):
    """``uploading`` (we wait for its content) → ``ready``. What is refused is gone."""

    UPLOADING = "uploading"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class File:
    """A file of a thing. ``media_type`` and ``size`` (bytes) are what was announced, until it is ready: then what it really is."""

    workspace_id: str
    id: str
    about_kind: Owner
    about_id: str
    file_name: str
    media_type: str
    size: int
    created_at: datetime
    created_by: str
    state: FileState = FileState.UPLOADING
    updated_at: datetime | None = None
    version: int = 1

    @property
    def key(self) -> str:
        """Where its content is kept once it was looked at."""
        return f"{self.workspace_id}/files/{self.id}"

    @property
    def waiting_key(self) -> str:
        """Where its content arrives. The permission to send it outlives the look at it: what is kept is a copy."""
        return f"tmp/{self.workspace_id}/files/{self.id}"
