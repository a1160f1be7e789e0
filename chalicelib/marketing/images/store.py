"""Pictures in the table."""

from chalicelib.foundation.table import Table
from chalicelib.marketing.images.domain import Image, ImageState
from chalicelib.marketing.images.records import ImageRecord, image_key, images_partition


def read(table: Table, workspace_id: str, image_id: str) -> Image | None:
    """The picture, consistent; None without one."""
    record = table.get(ImageRecord, image_key(workspace_id, image_id), consistent=True)
    return None if record is None else to_domain(record)


def recent(table: Table, workspace_id: str, *, before: str, limit: int) -> list[Image]:
    """The newest ready pictures, made before the one with this id if it is given."""
    page = table.query(
        ImageRecord, images_partition(workspace_id), index="gsi1", before=before, newest_first=True, limit=limit
    )
    return [to_domain(record) for record in page.items]


def to_record(image: Image, *, expires_at: int | None = None) -> ImageRecord:
    """The item of a picture."""
    key = image_key(image.workspace_id, image.id)
    ready = image.state is ImageState.READY
    return ImageRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=image.workspace_id,
        version=image.version,
        created_at=image.created_at,
        updated_at=image.updated_at,
        changed_by=image.created_by or None,
        expires_at=expires_at,
        gsi1pk=images_partition(image.workspace_id) if ready else None,
        gsi1sk=image.id if ready else None,
        file_name=image.file_name,
        media_type=image.media_type,
        size=image.size,
        width=image.width or None,
        height=image.height or None,
        alt=image.alt or None,
        key_in_files=image.key or None,
        state=image.state.value,
        created_by=image.created_by or None,
    )


def to_domain(record: ImageRecord) -> Image:
    """The picture in an item."""
    return Image(
        workspace_id=record.workspace_id,
        id=record.image_id,
        file_name=record.file_name,
        media_type=record.media_type,
        size=int(record.size),
        created_at=record.created_at,
        created_by=record.created_by or "",
        alt=record.alt or "",
        width=int(record.width or 0),
        height=int(record.height or 0),
        key=record.key_in_files or "",
        state=ImageState(record.state),
        updated_at=record.updated_at,
        version=int(record.version),
    )
