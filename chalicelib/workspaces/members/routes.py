"""Members of the workspace, and who is asking."""

from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.http import Answer, Call, Page, PageQuery, Routes
from chalicelib.foundation.http.call import SIGNED_IN
from chalicelib.workspaces.members import service, store
from chalicelib.workspaces.members.domain import PERMISSIONS, ROLES, Member, Role
from chalicelib.workspaces.members.schemas import (
    Invitation,
    MemberChange,
    MemberOut,
    MeOut,
    MyWorkspaceOut,
    PermissionsOut,
)
from chalicelib.workspaces.settings import service as settings

routes = Routes("members", __name__)


@routes.get("/members", permission="members:read", query=PageQuery, returns=Page[MemberOut])
def list_members(call: Call[None]) -> Page[MemberOut]:
    """The members of the workspace."""
    cursors = call.runtime.cursors
    after = cursors.read(call.workspace_id, "members", call.query.cursor)
    page = service.page_of_members(
        table=call.runtime.table, workspace_id=call.workspace_id, limit=call.query.limit, after=after
    )
    items = [store.to_domain(row) for row in page.items]
    following = cursors.write(call.workspace_id, "members", [items[-1].user_id]) if page.next and items else None
    return Page[MemberOut](items=[MemberOut.of(member) for member in items], next_cursor=following)


@routes.post(
    "/members",
    permission="members:write",
    body=Invitation,
    returns=MemberOut,
    status=201,
    present=MemberOut.of,
    errors=(429, 503),
)
def invite_member(call: Call[Invitation]) -> Answer:
    """Let a person in. One who is new to Clientela gets a mail with a temporary password."""
    member = service.invite(
        table=call.runtime.table,
        clock=call.runtime.clock,
        identity=call.runtime.identity,
        actor=call.actor,
        workspace_id=call.workspace_id,
        email=call.body.email,
        name=call.body.name,
        role=Role(call.body.role),
        language=call.body.language or "",
    )
    return Answer(MemberOut.of(member), 201, {"Location": f"/api/v1/members/{member.user_id}"})


@routes.patch(
    "/members/{user_id}", permission="members:write", body=MemberChange, returns=MemberOut, present=MemberOut.of
)
def change_member(call: Call[MemberChange], user_id: str) -> MemberOut:
    """Give a member another role or name. The last owner stays one."""
    member = service.change_member(
        table=call.runtime.table,
        clock=call.runtime.clock,
        actor=call.actor,
        workspace_id=call.workspace_id,
        user_id=user_id,
        version=call.body.version,
        role=None if call.body.role is None else Role(call.body.role),
        name=call.body.name,
    )
    return MemberOut.of(member)


@routes.delete("/members/{user_id}", permission="members:write", present=MemberOut.of)
def remove_member(call: Call[None], user_id: str) -> None:
    """End a person's access, within 60 seconds. The last owner cannot go."""
    service.remove_member(
        table=call.runtime.table,
        clock=call.runtime.clock,
        actor=call.actor,
        workspace_id=call.workspace_id,
        user_id=user_id,
    )


@routes.get("/me", permission=SIGNED_IN, returns=MeOut)
def get_me(call: Call[None]) -> MeOut:
    """Who is asking, and the workspaces they belong to."""
    table, actor = call.runtime.table, call.actor
    if actor.kind == "api_key":
        workspace = settings.get_workspace(table=table, workspace_id=actor.workspace_id)
        mine = MyWorkspaceOut(id=workspace.id, name=workspace.name, role="", permissions=sorted(actor.permissions))
        return MeOut(user_id=actor.id, email="", name="", language=workspace.language, workspaces=[mine])
    members = service.memberships(table=table, user_id=actor.id)
    first = members[0] if members else None
    shown = [found for found in (_mine(call, member) for member in members) if found is not None]
    return MeOut(
        user_id=actor.id,
        email=first.email if first else "",
        name=first.name if first else "",
        language=(first.language if first else "") or (shown[0][1] if shown else "es"),
        workspaces=[mine for mine, _ in shown],
    )


def _mine(call: Call[None], member: Member) -> tuple[MyWorkspaceOut, str] | None:
    try:
        workspace = settings.get_workspace(table=call.runtime.table, workspace_id=member.workspace_id)
    except NotFoundError:
        return None
    permissions = sorted(member.permissions)
    return MyWorkspaceOut(
        id=workspace.id, name=workspace.name, role=member.role.value, permissions=permissions
    ), workspace.language


@routes.get("/permissions", permission=SIGNED_IN, returns=PermissionsOut)
def get_permissions(call: Call[None]) -> PermissionsOut:  # noqa: ARG001 - the table is the same for everybody
    """What each role may do."""
    return PermissionsOut(
        roles={role.value: sorted(allowed) for role, allowed in ROLES.items()}, permissions=sorted(PERMISSIONS)
    )
