"""Inviting people, changing what they may do, and letting them go."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chalicelib.foundation.table import Page, Table
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.workspaces.audit import service as audit
from chalicelib.workspaces.members import store
from chalicelib.workspaces.members.domain import Member, Role, may_assign
from chalicelib.workspaces.members.records import MemberRecord
from chalicelib.workspaces.settings.domain import LANGUAGES

if TYPE_CHECKING:
    from chalicelib.foundation.http import Actor
    from chalicelib.foundation.identity import Identity
    from chalicelib.workspaces.settings.domain import Workspace

_OWNER_STAYS = "A workspace keeps at least one owner."


def add_member(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    user_id: str,
    email: str,
    name: str,
    role: Role,
    language: str = "",
    changed_by: str = "system",
) -> Member:
    """Let a person of the user pool into the workspace, without asking who may; `ConflictError` with the `Member` when they
    are in already. For seeding and for `invite`.
    """
    now = clock.now()
    member = Member(workspace_id, user_id, email, name, language, role, now, now)
    try:
        table.transact(store.creation(member, changed_by=changed_by))
    except TransactionConflictError as conflict:
        raise ConflictError(
            "This person is a member already.", current=store.read(table, workspace_id, user_id, consistent=True)
        ) from conflict
    return member


def invite(
    *,
    table: Table,
    clock: Clock,
    identity: "Identity",
    actor: "Actor",
    workspace_id: str,
    email: str,
    name: str,
    role: Role,
    language: str = "",
) -> Member:
    """Let a person in, who gets a mail with a temporary password when they are new to the product."""
    _may(actor, role)
    from email_validator import EmailNotValidError, validate_email

    try:
        address = validate_email(email, check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise InvalidError("This is no e-mail address.", field="email") from error
    user_id = identity.ensure_user(address, name)
    return add_member(
        table=table,
        clock=clock,
        workspace_id=workspace_id,
        user_id=user_id,
        email=address,
        name=name,
        role=role,
        language=language,
        changed_by=actor.reference,
    )


def get_member(*, table: Table, workspace_id: str, user_id: str) -> Member:
    """A member as they are now; `NotFoundError` when there is none."""
    member = store.read(table, workspace_id, user_id, consistent=True)
    if member is None:
        raise NotFoundError("There is no such member.")
    return member


def language_of(*, table: Table, workspace: "Workspace", actor: "Actor", asked: Sequence[str] = ()) -> str:
    """In which language to write to somebody: the member's own; for keys the first of those ``asked`` for; the workspace's."""
    if actor.kind == "member":
        member = store.read(table, workspace.id, actor.id)
        if member is not None and member.language in LANGUAGES:
            return member.language
    return next((each for each in asked if each in LANGUAGES), workspace.language)


def page_of_members(
    *, table: Table, workspace_id: str, limit: int, after: list[str] | None = None
) -> Page[MemberRecord]:
    """Members in the order of their user ids."""
    return store.page(table, workspace_id, limit=limit, after=after)


def all_members(*, table: Table, workspace_id: str) -> list[Member]:
    """Everybody in the workspace, in the order of their user ids: some dozens, seldom hundreds."""
    found: list[Member] = []
    after: list[str] | None = None
    while True:
        page = store.page(table, workspace_id, limit=100, after=after)
        found += [store.to_domain(record) for record in page.items]
        if page.next is None or not page.items:
            return found
        after = [page.items[-1].user_id]


def memberships(*, table: Table, user_id: str) -> list[Member]:
    """A person's memberships in all workspaces."""
    return store.memberships(table, user_id)


def change_member(
    *,
    table: Table,
    clock: Clock,
    actor: "Actor",
    workspace_id: str,
    user_id: str,
    version: int,
    role: Role | None = None,
    name: str | None = None,
) -> Member:
    """Give a member another role or name; `ConflictError` when the last owner would be gone."""
    before = get_member(table=table, workspace_id=workspace_id, user_id=user_id)
    _may(actor, before.role)
    after = replace(before, role=role or before.role, name=name or before.name, updated_at=clock.now())
    _may(actor, after.role)
    if before.version != version:
        raise ConflictError(current=before)
    _transact(table, store.change(before, after, changed_by=actor.reference), before)
    return replace(after, version=version + 1)


def remove_member(*, table: Table, clock: Clock, actor: "Actor", workspace_id: str, user_id: str) -> None:
    """End a person's access, within 60 seconds everywhere; `ConflictError` for the last owner. Their account in the user
    pool stays: it may belong to other workspaces, and opens nothing by itself.
    """
    member = get_member(table=table, workspace_id=workspace_id, user_id=user_id)
    _may(actor, member.role)
    farewell = audit.deletion(
        workspace_id=workspace_id,
        at=clock.now(),
        actor=actor.reference,
        action="member.removed",
        subject_id=user_id,
        before={"email": member.email, "name": member.name, "role": member.role.value},
    )
    _transact(table, [*store.removal(member), farewell], member)


def _may(actor: "Actor", role: Role) -> None:
    if not may_assign(assigner_role=actor.role, assigner_permissions=actor.permissions, role=role):
        raise ForbiddenError(f"You cannot give or change the role {role.value}.")


def _transact(table: Table, operations: list[store.Operation], member: Member) -> None:
    try:
        table.transact(operations)
    except TransactionConflictError as conflict:
        if conflict.failed == (1,):  # the number of owners
            raise ConflictError(_OWNER_STAYS, current=member) from conflict
        current = store.read(table, member.workspace_id, member.user_id, consistent=True)
        raise ConflictError(current=current) from conflict
