"""The price table through the API."""

import pytest

PRICES = {
    "currency": "EUR", "mail": "0.0002", "mail_data_gb": "0.1", "table_write": "0.000001", "table_read": "0.0000002",
    "function_gb_second": "0.00002", "function_request": "0.0000002", "queue_request": "0.0000004",
}  # fmt: skip


def test_the_public_prices_until_there_are_others(client, workspace, other_workspace):
    public = client.get("/prices", **workspace.viewer)
    assert (public["version"], public["currency"], public["mail"]) == (0, "USD", "0.0001")
    put = client.put("/prices", {**PRICES, "version": 0}, **workspace.owner)
    assert put.status == 200, put.text
    shown = client.get("/prices", **workspace.viewer).json
    assert {name: shown[name] for name in PRICES} == PRICES
    assert shown["version"] == 1
    late = client.put("/prices", {**PRICES, "version": 0}, **workspace.owner)
    assert (late.status, late["current"]["mail"]) == (409, "0.0002")
    assert client.get("/prices", **other_workspace.viewer)["version"] == 0
    assert client.put("/prices", {**PRICES, "version": 1}, **workspace.marketer).status == 403


@pytest.mark.parametrize(
    ("change", "field"), [({"mail": "-1"}, "mail"), ({"currency": "euro"}, "currency"), ({"mail": "x"}, "mail"), ({"coffee": 1}, "coffee")]
)  # fmt: skip
def test_what_is_wrong_is_named(client, workspace, change, field):
    reply = client.put("/prices", {**PRICES, "version": 0} | change, **workspace.owner)
    assert reply.status == 422
    assert [error["field"] for error in reply["errors"]] == [field]
