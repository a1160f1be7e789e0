"""An import on the deployed stack, over HTTP only: counts add up, the verdict names each row, undo restores the state before."""

import csv
import io
import json
import time
import urllib.error
import urllib.request
from typing import Any

import pytest

from infra.local.instance import Stack

ROWS = 1000
KNOWN = 5


class Client:
    """The API with the stack's key."""

    def __init__(self, stack: Stack):
        self.api = stack.api_url.rstrip("/")
        self.headers = {"Authorization": f"Bearer {stack.api_key}", "Content-Type": "application/json"}

    def call(self, method: str, path: str, body: Any = None, expect: tuple[int, ...] = (200, 201, 202)) -> Any:
        content = None if body is None else json.dumps(body).encode()
        status, answer = send(method, self.api + path, content, self.headers)
        assert status in expect, f"{method} {path}: {status} {answer.decode()}"
        return json.loads(answer) if answer else None

    def until(self, path: str, states: set[str], seconds: float) -> Any:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            shown = self.call("GET", path)
            if shown["state"] in states:
                return shown
            time.sleep(0.5)
        raise AssertionError(f"{path} is still {shown['state']}: {shown}")


def send(method: str, url: str, content: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
    request = urllib.request.Request(url, content, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def form(fields: dict[str, str], file_name: str, content: bytes) -> tuple[bytes, str]:
    """A multipart form of these fields and, last, the file; and its content type."""
    mark = "----clientela-test"
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{file_name}"\r\n\r\n'.encode()
    return b"".join((*parts, head, content, f"\r\n--{mark}--\r\n".encode())), f"multipart/form-data; boundary={mark}"


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
    body, content_type = form(upload["fields"], "gente.csv", out.getvalue().encode("cp1252"))
    status, answer = send(upload["method"], upload["url"], body, {**upload["headers"], "Content-Type": content_type})
    assert status < 300, answer.decode()
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
