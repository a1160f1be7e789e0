"""What a picture is, and how big it may be."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LARGEST = 10 * 1024 * 1024
"""Bytes that a picture may have when it is sent to us."""
PIXELS = 40_000_000
"""Pixels that it may have: what a phone's camera makes."""
LONGEST = 20_000
"""Pixels that a side may have: making one of millions smaller takes gigabytes."""
WIDEST = 1200
"""Pixels of width that are kept: mails are 600 wide, and good screens show two for each."""
UPLOAD_SECONDS = 3600
TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")


class ImageState(StrEnum):
    """``uploading`` (we wait for its content) → ``ready``."""

    UPLOADING = "uploading"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture. ``media_type``, ``size`` (bytes), ``width`` and ``height`` (pixels) are what was announced or 0 until it is ready:
    then those of what is served. ``key`` is where that lies, and its path on our address; nobody can guess it.
    """

    workspace_id: str
    id: str
    file_name: str
    media_type: str
    size: int
    created_at: datetime
    created_by: str
    alt: str = ""
    width: int = 0
    height: int = 0
    key: str = ""
    state: ImageState = ImageState.UPLOADING
    updated_at: datetime | None = None
    version: int = 1

    @property
    def waiting_key(self) -> str:
        """Where its content arrives."""
        return f"tmp/{self.workspace_id}/images/{self.id}"
