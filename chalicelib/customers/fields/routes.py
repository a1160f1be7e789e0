"""The routes of custom fields."""

from chalicelib.customers.fields import service
from chalicelib.customers.fields.schemas import ArchivalQuery, FieldChange, FieldIn, FieldOut, FieldsQuery
from chalicelib.foundation.http import Answer, Call, Page, Routes

routes = Routes("fields", __name__)


@routes.get("/fields", permission="contacts:read", query=FieldsQuery, returns=Page[FieldOut])
def list_fields(call: Call[None]) -> Page[FieldOut]:
    """The custom fields in their order, all on one page."""
    found = service.list_fields(
        table=call.runtime.table,
        workspace_id=call.workspace_id,
        kind=call.query.kind or "",
        archived=call.query.archived,
    )
    return Page[FieldOut](items=[FieldOut.of(field) for field in found])


@routes.post("/fields", permission="fields:write", body=FieldIn, returns=FieldOut, status=201)
def create_field(call: Call[FieldIn]) -> Answer:
    """Make a custom field. A key belongs to one field of its kind: 422 ``taken`` when another has it."""
    field = service.create_field(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        field_id=call.creation_id,
        values=call.body.model_dump(),
        changed_by=call.actor.reference,
    )
    return Answer(FieldOut.of(field), 201, {"Location": f"/api/v1/fields/{field.id}"})


@routes.get("/fields/{field_id}", permission="contacts:read", returns=FieldOut)
def get_field(call: Call[None], field_id: str) -> FieldOut:
    """One custom field, in use or not."""
    return FieldOut.of(service.get_field(table=call.runtime.table, workspace_id=call.workspace_id, field_id=field_id))


@routes.patch("/fields/{field_id}", permission="fields:write", body=FieldChange, returns=FieldOut, present=FieldOut.of)
def change_field(call: Call[FieldChange], field_id: str) -> FieldOut:
    """Change a custom field as it was at ``version``; ``archived: false`` takes it into use again, with its values."""
    return FieldOut.of(
        service.change_field(
            table=call.runtime.table,
            clock=call.runtime.clock,
            workspace_id=call.workspace_id,
            field_id=field_id,
            version=call.body.version,
            changes=call.body.changes(),
            changed_by=call.actor.reference,
        )
    )


@routes.delete("/fields/{field_id}", permission="fields:write", query=ArchivalQuery, present=FieldOut.of)
def delete_field(call: Call[None], field_id: str) -> None:
    """Take a custom field out of use. Its values stay, unless they are purged."""
    service.archive_field(
        table=call.runtime.table,
        clock=call.runtime.clock,
        queues=call.runtime.queues,
        workspace_id=call.workspace_id,
        field_id=field_id,
        version=call.query.version,
        purge=call.query.purge,
        changed_by=call.actor.reference,
    )
