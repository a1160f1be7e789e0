"""What tests of imports share: sending a file, and doing the queue's work."""

from typing import Any

from chalicelib.customers.imports import consumers
from chalicelib.foundation.files import FakeFiles
from chalicelib.foundation.messaging import FakeQueues
from chalicelib.foundation.runtime import Runtime


def work(runtime: Runtime, limit: int = 200) -> None:
    """Deliver what is on the queue ``imports`` until there is nothing any more."""
    queues = runtime.queues
    assert isinstance(queues, FakeQueues)
    for _ in range(limit):
        waiting = [item for item in queues.published if item[0] == "imports"]
        if not waiting:
            return
        queues.published = [item for item in queues.published if item[0] != "imports"]
        for _, envelope, _ in waiting:
            consumers.handle(runtime, envelope)
    raise AssertionError("the work does not end")


def send(client: Any, world: Any, content: bytes, file_name: str = "people.csv", **body: Any) -> str:
    """Make an import and send its file; the import's id."""
    begun = client.post("/imports", {"file_name": file_name, "mode": "both", **body}, **world.owner)
    assert begun.status == 201, begun.text
    files = client.runtime.files
    assert isinstance(files, FakeFiles)
    files.receive(begun["upload"]["fields"]["key"], content)
    return str(begun["id"])


def run(client: Any, world: Any, import_id: str, **body: Any) -> Any:
    """Start an import and do the work; the import as it is then."""
    started = client.post(f"/imports/{import_id}/start", body, **world.owner)
    assert started.status == 202, started.text
    work(client.runtime)
    return client.get(f"/imports/{import_id}", **world.owner).json


def undo(client: Any, world: Any, import_id: str) -> Any:
    """Undo an import and do the work; the import as it is then."""
    asked = client.post(f"/imports/{import_id}/undo", {}, **world.owner)
    assert asked.status == 202, asked.text
    work(client.runtime)
    return client.get(f"/imports/{import_id}", **world.owner).json


def verdicts(client: Any, shown: Any) -> list[dict[str, str]]:
    """The rows of the verdict file."""
    from chalicelib.foundation.safe_csv import read_rows

    files = client.runtime.files
    assert isinstance(files, FakeFiles)
    key = shown["verdict_url"].removeprefix("https://files.example/").partition("?")[0]
    header, *rows = read_rows(files.kept[key].decode(), separator=";")
    return [dict(zip(header, row, strict=True)) for row in rows]
