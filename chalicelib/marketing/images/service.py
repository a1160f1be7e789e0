"""Taking pictures in, and letting them go."""

import secrets
from dataclasses import replace

from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.foundation.files import Files, Upload
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.table import Delete, Table
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.marketing.images import store
from chalicelib.marketing.images.domain import LARGEST, UPLOAD_SECONDS, Image, ImageState
from chalicelib.marketing.images.records import ImageRecord, image_key
from chalicelib.workspaces.audit import service as audit

_WAIT = 24 * 3600  # seconds until a picture that did not arrive is forgotten
_FOR_EVER = "public, max-age=31536000, immutable"


def announce(
    *,
    table: Table,
    clock: Clock,
    files: Files,
    workspace_id: str,
    image_id: str,
    file_name: str,
    media_type: str,
    size: int,
    alt: str,
    actor: str,
) -> tuple[Image, Upload]:
    """Begin with a picture: what it will be, and the permission to send it. Begun again with the same id it is the same picture,
    with a new permission.
    """
    now = clock.now()
    image = Image(workspace_id, image_id, file_name, media_type, size, now, actor, alt=alt)
    try:
        table.create(store.to_record(image, expires_at=int(now.timestamp()) + _WAIT))
    except ConflictError as conflict:
        if not isinstance(conflict.current, ImageRecord):
            raise
        image = store.to_domain(conflict.current)
    permission = files.upload(
        image.waiting_key, content_type=media_type, max_bytes=min(LARGEST, size), seconds=UPLOAD_SECONDS
    )
    return image, permission


def complete(*, table: Table, clock: Clock, files: Files, workspace_id: str, image_id: str) -> Image:
    """Make what has arrived fit for mail and serve it; `InvalidError` names ``file`` and the rule when it is refused: then it is
    gone. Said again, it changes nothing.
    """
    from chalicelib.marketing.images.fitting import fit  # brings Pillow

    image = get_image(table=table, workspace_id=workspace_id, image_id=image_id)
    if image.state is ImageState.READY:
        return image
    try:
        size = files.size(image.waiting_key)
        content = files.get(image.waiting_key) if size <= LARGEST else b""
    except FileNotFoundError as error:
        raise InvalidError("The picture has not arrived.", field="file", code="missing") from error
    try:
        if not content:
            raise InvalidError("The picture is empty or too large.", field="file", code="too_large")
        fitted = fit(content)
    except InvalidError:
        files.delete([image.waiting_key])
        table.delete(image_key(workspace_id, image_id), condition=ImageRecord.state == ImageState.UPLOADING.value)
        raise
    key = f"images/{workspace_id}/{image_id}-{secrets.token_urlsafe(12)}.{fitted.ending}"
    ready = replace(
        image,
        state=ImageState.READY,
        media_type=fitted.media_type,
        size=len(fitted.content),
        width=fitted.width,
        height=fitted.height,
        key=key,
        updated_at=clock.now(),
    )
    files.put(key, fitted.content, content_type=fitted.media_type, cache_control=_FOR_EVER)
    try:
        table.replace(store.to_record(ready))
    except ConflictError as conflict:
        files.delete([key])
        if isinstance(conflict.current, ImageRecord):
            return store.to_domain(conflict.current)  # somebody else completed the same picture
        raise NotFoundError("There is no such picture.") from conflict
    files.delete([image.waiting_key])
    return replace(ready, version=image.version + 1)


def get_image(*, table: Table, workspace_id: str, image_id: str) -> Image:
    """The picture in any state; `NotFoundError` when there is none."""
    found = store.read(table, workspace_id, image_id) if is_id(image_id) else None
    if found is None:
        raise NotFoundError("There is no such picture.")
    return found


def list_images(*, table: Table, workspace_id: str, before: str = "", limit: int = 50) -> list[Image]:
    """The newest pictures that are ready."""
    return store.recent(table, workspace_id, before=before, limit=limit)


def describe(*, table: Table, clock: Clock, workspace_id: str, image_id: str, version: int, alt: str) -> Image:
    """Give a ready picture another alternative text; `ConflictError` carries the present one."""
    image = get_image(table=table, workspace_id=workspace_id, image_id=image_id)
    if image.version != version or image.state is not ImageState.READY:
        raise ConflictError(current=image)
    changed = replace(image, alt=alt, updated_at=clock.now())
    try:
        table.replace(store.to_record(changed))
    except ConflictError as conflict:
        raise ConflictError(current=get_image(table=table, workspace_id=workspace_id, image_id=image_id)) from conflict
    return replace(changed, version=version + 1)


def delete_image(*, table: Table, clock: Clock, files: Files, workspace_id: str, image_id: str, actor: str) -> None:
    """Delete a picture. Mails that show it lose it, once nobody's cache has it any more."""
    image = get_image(table=table, workspace_id=workspace_id, image_id=image_id)
    farewell = audit.deletion(
        workspace_id=workspace_id,
        at=clock.now(),
        actor=actor,
        action="image.deleted",
        subject_id=image.id,
        before={"file_name": image.file_name, "size": image.size},
    )
    files.delete([each for each in (image.key, image.waiting_key) if each])
    try:
        table.transact([Delete(image_key(workspace_id, image_id), ImageRecord.version == image.version), farewell])
    except TransactionConflictError as conflict:
        raise ConflictError(current=store.read(table, workspace_id, image_id)) from conflict
