"""What others ask of templates: compiled bodies."""

from chalicelib.customers.fields import service as fields
from chalicelib.customers.fields.domain import FieldType
from chalicelib.foundation.table import Table
from chalicelib.marketing.templates import body
from chalicelib.marketing.templates.domain import Body, CustomField, Format, Names


def compile_body(
    *,
    table: Table,
    workspace_id: str,
    body_format: Format,
    source: str,
    subject: str = "",
    preheader: str = "",
    language: str = "es",
    names: Names = Names(),  # noqa: B008 - it cannot be changed
    mailing: bool = True,
) -> Body:
    """What a marketer wrote, compiled with the workspace's custom fields; `InvalidError` names what is not allowed in it. ``names``
    and ``mailing`` as in `body.compile_body`.
    """
    return body.compile_body(
        body_format=body_format,
        source=source,
        preheader=preheader,
        language=language,
        subject=subject,
        fields=custom_fields(table=table, workspace_id=workspace_id),
        names=names,
        mailing=mailing,
    )


def custom_fields(*, table: Table, workspace_id: str) -> tuple[CustomField, ...]:
    """The custom fields of contacts that texts may name; relations are ids, which say nothing to a reader."""
    catalogue = fields.get_catalogue(table=table, workspace_id=workspace_id)
    return tuple(
        CustomField(each.key, each.id, each.type.value, {option.value: option.label for option in each.options})
        for each in catalogue.of("contact")
        if each.type is not FieldType.RELATION
    )
