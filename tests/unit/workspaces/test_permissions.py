"""The permission table is complete: every route says who may use it, and every permission is used by what there is."""

import pytest

from chalicelib import wiring
from chalicelib.foundation.http.call import PUBLIC, SIGNED_IN
from chalicelib.foundation.http.routes import Endpoint
from chalicelib.workspaces.members.domain import PERMISSIONS, READ_ALL, ROLES, Role, may_assign

ENDPOINTS: list[Endpoint] = [endpoint for routes in wiring.feature_routes() for endpoint in routes.endpoints]
PUBLIC_PATHS = {
    "/v1/health",
    "/v1/openapi.json",
    "/v1/docs",
    "/v1/session",
    "/v1/session/new-password",
    "/v1/session/refresh",
    "/v1/session/forgotten-password",
    "/v1/session/reset-password",
    "/v1/session/sign-out",
    "/v1/forms/{form_key}",
    "/v1/forms/{form_key}/submissions",
    "/v1/preferences/{token}",
}
"""What needs no credentials, besides the pages in `PAGES`. A new one is added here on purpose."""
PAGES = ("/calendar/", "/f/", "/q/", "/t/", "/u/")
OWN = {"/v1/calendar-feed", "/v1/views", "/v1/views/{view_id}"}
"""What members keep for themselves: who may read may have these."""


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
def test_every_route_names_a_permission_of_the_table_or_is_open_on_purpose(endpoint: Endpoint) -> None:
    assert endpoint.permission in PERMISSIONS | {PUBLIC, SIGNED_IN}
    if endpoint.permission == PUBLIC:
        assert endpoint.path in PUBLIC_PATHS or endpoint.path.startswith(PAGES)
    if endpoint.permission in PERMISSIONS:
        reads = endpoint.permission.endswith(":read")
        harmless = endpoint.path in OWN or endpoint.path.endswith(("/preview", "/estimate", "/check"))
        assert endpoint.method == "GET" or not reads or harmless, "a permission to read does not change anything"


def test_no_two_routes_are_the_same() -> None:
    names = [(endpoint.method, endpoint.path) for endpoint in ENDPOINTS]
    assert len(names) == len(set(names))
    views = [endpoint.view.__name__ for endpoint in ENDPOINTS if endpoint.path.startswith("/v1/")]
    assert len(views) == len(set(views)), "operation ids of the OpenAPI document are names of views"


def test_routes_are_found_by_the_first_segment_of_their_path() -> None:
    """A cold function imports only the modules that wiring.ROUTES names for the path it is asked for."""
    for name, prefixes in wiring.ROUTES.items():
        routes = next(routes for routes in wiring.feature_routes() if routes._import_name == f"chalicelib.{name}")
        for endpoint in routes.endpoints:
            segments = endpoint.path.strip("/").split("/")
            assert (segments[1] if segments[0] == "v1" else segments[0]) in prefixes, endpoint.path


def test_every_role_is_in_the_table() -> None:
    assert set(ROLES) == set(Role)
    assert all(allowed <= PERMISSIONS for allowed in ROLES.values())
    assert ROLES[Role.OWNER] == PERMISSIONS
    assert ROLES[Role.VIEWER] == READ_ALL
    assert all(permission.endswith(":read") for permission in READ_ALL)
    for role in (Role.MARKETER, Role.SALES, Role.SUPPORT, Role.VIEWER):
        assert not ROLES[role] & {"members:write", "api_keys:manage", "workspace:write", "audit:read"}
    assert "campaigns:send" not in ROLES[Role.SALES]


@pytest.mark.parametrize("assigner", list(Role))
@pytest.mark.parametrize("role", list(Role))
def test_who_may_assign_what(assigner: Role, role: Role) -> None:
    allowed = may_assign(assigner_role=assigner, assigner_permissions=ROLES[assigner], role=role)
    if role is Role.OWNER:
        assert allowed == (assigner is Role.OWNER)
    else:
        assert allowed == (ROLES[role] <= ROLES[assigner])


def test_a_key_never_makes_an_owner_nor_more_than_itself() -> None:
    assert not may_assign(assigner_role="", assigner_permissions=PERMISSIONS, role=Role.OWNER)
    assert may_assign(assigner_role="", assigner_permissions=PERMISSIONS, role=Role.ADMIN)
    assert not may_assign(assigner_role="", assigner_permissions=frozenset({"members:write"}), role=Role.VIEWER)
