"""Who can own a record: a member of its workspace."""

from chalicelib.foundation.errors import InvalidError, NotFoundError
from chalicelib.foundation.table import Table


def check_owner(table: Table, workspace_id: str, owner_id: str) -> None:
    """`InvalidError` names ``owner_id`` when it is no member of the workspace."""
    from chalicelib.workspaces.members import service as members

    try:
        members.get_member(table=table, workspace_id=workspace_id, user_id=owner_id)
    except NotFoundError as error:
        raise InvalidError("There is no such member.", field="owner_id", code="unknown") from error
