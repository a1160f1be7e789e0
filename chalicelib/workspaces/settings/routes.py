"""The workspace of the call."""

from chalicelib.foundation.http import Call, Routes
from chalicelib.workspaces.settings import service
from chalicelib.workspaces.settings.schemas import WorkspaceChange, WorkspaceOut

routes = Routes("workspace", __name__)


@routes.get("/workspace", permission="workspace:read", returns=WorkspaceOut)
def get_workspace(call: Call[None]) -> WorkspaceOut:
    """The workspace and its settings."""
    return WorkspaceOut.of(service.get_workspace(table=call.runtime.table, workspace_id=call.workspace_id, fresh=True))


@routes.patch(
    "/workspace",
    permission="workspace:write",
    body=WorkspaceChange,
    returns=WorkspaceOut,
    present=WorkspaceOut.of,
)
def change_workspace(call: Call[WorkspaceChange]) -> WorkspaceOut:
    """Change the workspace's settings."""
    workspace = service.change_workspace(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        version=call.body.version,
        changes=call.body.changes(),
        changed_by=call.actor.reference,
    )
    return WorkspaceOut.of(workspace)
