"""Orders on the queue ``jobs``."""

from datetime import datetime

from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.messaging import Envelope

REMOVED = "file.removed"
"""A file's item is gone: its content is to go. ``data``: file_id."""
SWEEP = "files.sweep"
"""A thing is gone for good: its files are to go. ``data``: kind, id."""


def removed(workspace_id: str, file_id: str, at: datetime, cause: str) -> Envelope:
    """The order to delete a file's content."""
    return Envelope(derived_id(at, REMOVED, file_id), REMOVED, workspace_id, at, {"file_id": file_id}, cause=cause)


def sweep(workspace_id: str, kind: str, thing_id: str, at: datetime, cause: str) -> Envelope:
    """The order to delete a thing's files."""
    return Envelope(
        derived_id(at, SWEEP, kind, thing_id), SWEEP, workspace_id, at, {"kind": kind, "id": thing_id}, cause=cause
    )
