"""API keys of the workspace."""

from chalicelib.foundation.http import Answer, Call, Page, PageQuery, Routes
from chalicelib.workspaces.api_keys import service, store
from chalicelib.workspaces.api_keys.schemas import ApiKeyMade, ApiKeyOut, NewApiKey

routes = Routes("api-keys", __name__)


@routes.get("/api-keys", permission="api_keys:manage", query=PageQuery, returns=Page[ApiKeyOut])
def list_api_keys(call: Call[None]) -> Page[ApiKeyOut]:
    """The workspace's keys, the newest first, without their secrets."""
    cursors = call.runtime.cursors
    after = cursors.read(call.workspace_id, "api-keys", call.query.cursor)
    page = service.page_of_api_keys(
        table=call.runtime.table, workspace_id=call.workspace_id, limit=call.query.limit, after=after
    )
    items = [store.to_domain(row) for row in page.items]
    following = cursors.write(call.workspace_id, "api-keys", [items[-1].id]) if page.next and items else None
    return Page[ApiKeyOut](items=[ApiKeyOut.of(item) for item in items], next_cursor=following)


@routes.post(
    "/api-keys",
    permission="api_keys:manage",
    body=NewApiKey,
    returns=ApiKeyMade,
    status=201,
    present=ApiKeyOut.of,
    secrets=("key",),
)
def create_api_key(call: Call[NewApiKey]) -> Answer:
    """Make a key. Its secret is in this answer and nowhere else."""
    api_key, text = service.create_api_key(
        table=call.runtime.table,
        clock=call.runtime.clock,
        actor=call.actor,
        workspace_id=call.workspace_id,
        key_id=call.creation_id,
        name=call.body.name,
        scopes=frozenset(call.body.scopes),
        expires_at=call.body.expires_at,
    )
    made = ApiKeyMade(**ApiKeyOut.values(api_key), key=text)
    return Answer(made, 201, {"Location": f"/api/v1/api-keys/{api_key.id}"})


@routes.delete("/api-keys/{key_id}", permission="api_keys:manage")
def revoke_api_key(call: Call[None], key_id: str) -> None:
    """End a key, within 60 seconds."""
    service.revoke_api_key(
        table=call.runtime.table,
        clock=call.runtime.clock,
        actor=call.actor,
        workspace_id=call.workspace_id,
        key_id=key_id,
    )
