"""HTTP: single mails by order of a program, and their log."""

from chalicelib.foundation.http import Answer, Call, Routes
from chalicelib.marketing.messages import service
from chalicelib.marketing.messages.schemas import MessageIn, MessageOut, MessagesOut, MessagesQuery, ReputationOut
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("messages", __name__)

_BODY_LIMIT = 4 * 1024 * 1024
"""Lambda takes 6 MB, in which the gateway's base64 of 4 MB fits."""


@routes.post(
    "/messages", permission="campaigns:send", body=MessageIn, returns=MessageOut, status=202, body_limit=_BODY_LIMIT
)
def send_message(call: Call[MessageIn]) -> Answer:
    """Send one mail to one address. With an Idempotency-Key a repetition is the same mail."""
    runtime, body = call.runtime, call.body
    for permission in service.permissions_of_files(runtime, call.workspace_id, body.files):
        call.require(permission)
    workspace = get_workspace(table=runtime.table, workspace_id=call.workspace_id)
    text = body.written(workspace.language)
    if text is None:
        text = service.text_of(
            table=runtime.table,
            workspace_id=call.workspace_id,
            template_id=body.template_id,
            language=body.language or "",
            subject=body.subject,
        )
    message = service.order(
        runtime=runtime,
        workspace_id=call.workspace_id,
        message_id=call.creation_id,
        to=body.to,
        text=text,
        purpose=body.purpose,
        data=body.data,
        sender=body.sender,
        attachments=body.files,
        template_id=body.template_id,
        ordered_by=call.actor.reference,
    )
    return Answer(MessageOut.of(message), 202, {"Location": f"/api/v1/messages/{message.id}"})


@routes.get("/messages", permission="campaigns:read", query=MessagesQuery, returns=MessagesOut)
def list_messages(call: Call[None]) -> MessagesOut:
    """The newest single mails with what became of them."""
    runtime, where = call.runtime, call.workspace_id
    name = f"messages:{call.query.state}"
    position = runtime.cursors.read(where, name, call.query.cursor)
    items, more = service.list_messages(
        table=runtime.table,
        workspace_id=where,
        state=call.query.state or "",
        before=position[0] if position else "",
        limit=call.query.limit,
    )
    workspace = get_workspace(table=runtime.table, workspace_id=where)
    return MessagesOut(
        items=[MessageOut.of(each) for each in items],
        next_cursor=runtime.cursors.write(where, name, [more]) if more else None,
        reputation=ReputationOut.of(service.reputation(runtime=runtime, workspace=workspace)),
    )


@routes.get("/messages/{message_id}", permission="campaigns:read", returns=MessageOut)
def get_message(call: Call[None], message_id: str) -> MessageOut:
    """One of them."""
    found = service.get_message(table=call.runtime.table, workspace_id=call.workspace_id, message_id=message_id)
    return MessageOut.of(found)
