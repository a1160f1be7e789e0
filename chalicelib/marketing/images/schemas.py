"""Pictures as the API takes and shows them."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.foundation.files import Upload
from chalicelib.foundation.http.schemas import Instant, Schema, Versioned
from chalicelib.marketing.images.domain import LARGEST, Image

Alt = Annotated[str, StringConstraints(max_length=300)]


class ImageIn(Schema):
    """A picture that is about to be sent: its name, type and size in bytes, and what it shows in words."""

    file_name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    content_type: Literal["image/png", "image/jpeg", "image/gif", "image/webp"]
    size: Annotated[int, Field(ge=1, le=LARGEST)]
    alt: Alt = ""


class ImageChange(Versioned):
    """What a picture shows, in other words."""

    alt: Alt


class ImageUpload(Schema):
    """How to send the content: ``method`` to ``url`` as a form of ``fields`` and, last, the field ``file``."""

    url: str
    method: str
    headers: dict[str, str]
    fields: dict[str, str]


class ImageOut(Schema):
    """A picture. ``url`` is public and stays; null until the picture is ready."""

    id: str
    file_name: str
    alt: str
    media_type: str
    size: int
    width: int
    height: int
    state: str
    url: str | None
    created_at: Instant
    created_by: str | None
    version: int

    @classmethod
    def of(cls, image: Image, public_url: str) -> "ImageOut":
        """A picture as it is shown."""
        return cls(
            id=image.id,
            file_name=image.file_name,
            alt=image.alt,
            media_type=image.media_type,
            size=image.size,
            width=image.width,
            height=image.height,
            state=image.state.value,
            url=f"{public_url}/{image.key}" if image.key else None,
            created_at=image.created_at,
            created_by=image.created_by or None,
            version=image.version,
        )


class ImageAnnounced(ImageOut):
    """A picture that may be sent now; POST ``/images/{id}/complete`` when it was."""

    upload: ImageUpload


def upload_of(permission: Upload) -> ImageUpload:
    """The permission as it is shown."""
    return ImageUpload(
        url=permission.url,
        method=permission.method,
        headers=dict(permission.headers),
        fields=dict(permission.fields),
    )


def present(image: Image) -> ImageOut:
    """The present picture in a conflict's answer, without its address."""
    return ImageOut.of(image, "")
