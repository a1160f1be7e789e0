"""Files as the API shows and takes them."""

from typing import Annotated, Self

from pydantic import Field

from chalicelib.customers.files.domain import LARGEST, File, Owner
from chalicelib.customers.schemas import Reference, ShortText
from chalicelib.foundation.files import Upload
from chalicelib.foundation.http import PageQuery, Schema
from chalicelib.foundation.http.schemas import Instant


class ThingRef(Schema):
    """What a file belongs to."""

    kind: Owner
    id: Reference


class FilesQuery(PageQuery):
    """The files of one thing."""

    about_kind: Owner
    about_id: Annotated[Reference, Field(min_length=1)]


class FileDeletion(Schema):
    """Which version is meant, if it matters."""

    version: Annotated[int, Field(ge=1)] | None = None


class FileIn(Schema):
    """A file that is about to be sent: its name, its type as the sender knows it, its size in bytes and what it belongs to."""

    file_name: Annotated[ShortText, Field(min_length=1)]
    content_type: Annotated[str, Field(max_length=120, pattern=r"^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+$")] = (
        "application/octet-stream"
    )
    size: Annotated[int, Field(ge=1, le=LARGEST)]
    about: ThingRef


class FileUploadOut(Schema):
    """How to send the content: ``method`` to ``url`` as a form of ``fields`` and, last, the field ``file``."""

    url: str
    method: str
    headers: dict[str, str]
    fields: dict[str, str]

    @classmethod
    def of(cls, upload: Upload) -> Self:
        """The permission as shown."""
        return cls(url=upload.url, method=upload.method, headers=dict(upload.headers), fields=dict(upload.fields))


class FileOut(Schema):
    """A file. ``url`` saves it under its name, for ten minutes; null while it is being sent, and in lists."""

    id: str
    file_name: str
    media_type: str
    size: int
    state: str
    about: ThingRef
    created_at: Instant
    created_by: str | None
    version: int
    url: str | None = None

    @classmethod
    def of(cls, file: File, url: str | None = None) -> Self:
        """The file as shown."""
        return cls(
            id=file.id,
            file_name=file.file_name,
            media_type=file.media_type,
            size=file.size,
            state=file.state.value,
            about=ThingRef(kind=file.about_kind, id=file.about_id),
            created_at=file.created_at,
            created_by=file.created_by or None,
            version=file.version,
            url=url,
        )


class FileAnnounced(FileOut):
    """A file that may be sent now; POST ``/files/{id}/complete`` when it was."""

    upload: FileUploadOut
