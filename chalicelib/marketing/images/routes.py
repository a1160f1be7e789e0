"""HTTP: the pictures of mails."""

from chalicelib.foundation.http import Answer, Call, Page, PageQuery, Routes
from chalicelib.marketing.images import service
from chalicelib.marketing.images.schemas import ImageAnnounced, ImageChange, ImageIn, ImageOut, present, upload_of

routes = Routes("images", __name__)


@routes.get("/images", permission="campaigns:read", query=PageQuery, returns=Page[ImageOut])
def list_images(call: Call[None]) -> Page[ImageOut]:
    """The workspace's pictures, newest first."""
    runtime, limit = call.runtime, call.query.limit
    position = runtime.cursors.read(call.workspace_id, "images", call.query.cursor)
    found = service.list_images(
        table=runtime.table, workspace_id=call.workspace_id, before=position[0] if position else "", limit=limit
    )
    more = len(found) == limit
    cursor = runtime.cursors.write(call.workspace_id, "images", [found[-1].id]) if more else None
    return Page(items=[ImageOut.of(image, runtime.public_url) for image in found], next_cursor=cursor)


@routes.post(
    "/images", permission="campaigns:write", body=ImageIn, returns=ImageAnnounced, status=201, secrets=("upload",)
)
def announce_image(call: Call[ImageIn]) -> Answer:
    """Begin with a picture: the answer says how to send its content."""
    image, permission = service.announce(
        table=call.runtime.table,
        clock=call.runtime.clock,
        files=call.runtime.files,
        workspace_id=call.workspace_id,
        image_id=call.creation_id,
        file_name=call.body.file_name,
        media_type=call.body.content_type,
        size=call.body.size,
        alt=call.body.alt,
        actor=call.actor.reference,
    )
    shown = ImageOut.of(image, call.runtime.public_url).model_dump()
    return Answer(
        ImageAnnounced(**shown, upload=upload_of(permission)), 201, {"Location": f"/api/v1/images/{image.id}"}
    )


@routes.post("/images/{image_id}/complete", permission="campaigns:write", returns=ImageOut)
def complete_image(call: Call[None], image_id: str) -> ImageOut:
    """Say that the content was sent. It is made fit for mail, and served from then on."""
    image = service.complete(
        table=call.runtime.table,
        clock=call.runtime.clock,
        files=call.runtime.files,
        workspace_id=call.workspace_id,
        image_id=image_id,
    )
    return ImageOut.of(image, call.runtime.public_url)


@routes.patch("/images/{image_id}", permission="campaigns:write", body=ImageChange, returns=ImageOut, present=present)
def change_image(call: Call[ImageChange], image_id: str) -> ImageOut:
    """Say in other words what a picture shows."""
    image = service.describe(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        image_id=image_id,
        version=call.body.version,
        alt=call.body.alt,
    )
    return ImageOut.of(image, call.runtime.public_url)


@routes.delete("/images/{image_id}", permission="campaigns:write", present=present, errors=(409,))
def delete_image(call: Call[None], image_id: str) -> None:
    """Delete a picture, for good: mails that were sent lose it too."""
    service.delete_image(
        table=call.runtime.table,
        clock=call.runtime.clock,
        files=call.runtime.files,
        workspace_id=call.workspace_id,
        image_id=image_id,
        actor=call.actor.reference,
    )
