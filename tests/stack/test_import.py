"""An import on the deployed stack, over HTTP only: counts add up, the verdict names each row, undo restores the state before."""

import csv
import io
import time
import urllib.request
from typing import Any

import pytest
import requests

from infra.local.instance import Stack

ROWS = 1000
KNOWN = 5


class Client:
    """The API with the stack's key."""

    def __init__(self, stack: Stack):
        self.api = stack.facts["api_url"].rstrip("/")
        self.headers = {"Authorization": f"Bearer {stack.facts['api_key']}"}

    def call(self, method: str, path: str, body: Any = None, expect: tuple[int, ...] = (200, 201, 202)) -> Any:
        answer = requests.request(method, self.api + path, json=body, headers=self.headers, timeout=60)
        assert answer.status_code in expect, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def until(self, path: str, states: set[str], seconds: float) -> Any:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            shown = self.call("GET", path)
            if shown["state"] in states:
                return shown
            time.sleep(0.5)
        raise AssertionError(f"{path} is still {shown['state']}: {shown}")


@pytest.fixture(scope="module")
def client(stack: Stack) -> Client:
    return Client(stack)


def test_a_thousand_rows_there_and_back(client: Client) -> None:
    run = str(time.time_ns())

    def address(number: int) -> str:
        return f"fila{number}.{run}@import.example.com"

    known = [
        client.call("POST", "/contacts", {"first_name": "Antes", "city": "Lugo", "emails": [{"address": address(n)}]})
        for n in range(KNOWN)
    ]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(["Nombre", "Apellidos", "Correo electrónico", "Ciudad"])
    expected = {"rows": ROWS, "created": 0, "updated": KNOWN, "unchanged": 0, "duplicate": 0, "rejected": 0}
    for number in range(ROWS):
        mail = address(number)
        if number % 100 == 99:
            mail, verdict = "nada", "rejected"
        elif number % 50 == 25:
            mail, verdict = address(number - 1), "duplicate"
        else:
            verdict = "created" if number >= KNOWN else ""
        if verdict:
            expected[verdict] += 1
        writer.writerow([f"Persona {number}", "Muñoz", mail, "Vigo"])
    begun = client.call("POST", "/imports", {"file_name": "gente.csv", "kind": "contact", "mode": "both"})
    upload, path = begun["upload"], f"/imports/{begun['id']}"
    sent = requests.request(
        upload["method"],
        upload["url"],
        data=upload["fields"],
        headers=upload["headers"],
        files={"file": ("gente.csv", out.getvalue().encode("cp1252"), "text/csv")},
        timeout=60,
    )
    assert sent.status_code < 300, sent.text
    preview = client.call("GET", f"{path}/preview")
    assert preview["encoding"] == "cp1252"
    assert [column["field"] for column in preview["columns"]] == ["first_name", "last_name", "email", "city"]
    client.call("POST", f"{path}/start", {})
    done = client.until(path, {"done", "failed", "cancelled"}, 180)
    assert (done["state"], done["counts"]) == ("done", expected)
    with urllib.request.urlopen(done["verdict_url"], timeout=60) as answer:
        text = answer.read().decode("utf-8-sig")
    told = list(csv.DictReader(io.StringIO(text), delimiter=";" if text.startswith('"row";') else ","))
    assert len(told) == ROWS
    assert [int(row["row"]) for row in told] == list(range(2, ROWS + 2))
    assert client.call("GET", f"/contacts/{known[0]['id']}")["city"] == "Vigo"
    client.call("POST", f"{path}/undo", {})
    back = client.until(path, {"undone", "failed"}, 180)
    assert (back["state"], back["undone"]["undone"]) == ("undone", expected["created"] + KNOWN)
    for before in known:
        now = client.call("GET", f"/contacts/{before['id']}")
        assert (now["first_name"], now["last_name"], now["city"]) == ("Antes", None, "Lugo")
    created = next(row["id"] for row in told if row["verdict"] == "created")
    client.call("GET", f"/contacts/{created}", expect=(404,))
