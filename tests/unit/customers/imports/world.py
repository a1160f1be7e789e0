"""An import on a table in memory that can be killed, doubled and overtaken at any of its steps."""

from collections.abc import Callable
from typing import Any

from chalicelib import wiring
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.imports import consumers, running, service
from chalicelib.customers.imports.domain import Import, State
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.files import FakeFiles
from chalicelib.foundation.messaging import FakeQueues
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.safe_csv import read_rows
from chalicelib.foundation.table import Table
from chalicelib.workspaces.settings.service import create_workspace
from tests.helpers import NOON, fake_runtime
from tests.memory_dynamodb import MemoryDynamoDB

WORKSPACE = "01JD0000000000000000000000"
IMPORT = "01JD0000000000000000000001"
KNOWN = ("01JD0000000000000000000011", "01JD0000000000000000000012")
CONTENT = (
    b"first_name,last_name,email,city,tags,company\n"
    b"Ana,Gil,ana@example.com,Vigo,feria,Ejemplo\n"  # known: changed
    b"Eva,Ruiz,eva@example.com,Lugo,,Ejemplo\n"
    b"Bad,Row,not an address,,,\n"
    b"Luis,,luis@example.com,,a; b,Otra\n"
    b"Eva,Again,EVA@example.com,,,\n"  # repeats row 3
    b"Sol,,sol@example.com,Lugo,,\n"  # known: unchanged
    b"Mar,,mar@example.com,,,Otra\n"
    b"Paz,,paz@example.com,,,Nueva\n"
    b"Ana,Otra,ana@example.com,,,\n"  # repeats row 2
)
COUNTS = {"created": 4, "updated": 1, "unchanged": 1, "duplicate": 2, "rejected": 1}
VERDICTS = ["updated", "created", "rejected", "created", "duplicate", "unchanged", "created", "created", "duplicate"]


class Killed(BaseException):
    """The function is gone: nothing of it runs any more."""


class Steps:
    """Counts the steps of everything that writes or reads outside, and does something at one of them."""

    def __init__(self) -> None:
        self.count = 0
        self.at: int | None = None
        self.do: Callable[[], None] = lambda: None

    def step(self, *_: Any) -> None:
        """One more step."""
        self.count += 1
        if self.count == self.at:
            self.at = None
            self.do()


class CountedFiles(FakeFiles):
    """Files whose every access is a step."""

    def __init__(self, steps: Steps):
        super().__init__()
        self._steps = steps

    def put(self, key: str, content: bytes, **more: Any) -> None:
        self._steps.step()
        super().put(key, content, **more)
        self._steps.step()

    def get(self, key: str, start: int = 0, end: int | None = None) -> bytes:
        self._steps.step()
        return super().get(key, start, end)


class CountedQueues(FakeQueues):
    """Queues whose every order is a step."""

    def __init__(self, steps: Steps):
        super().__init__()
        self._steps = steps

    def publish(self, queue: str, envelopes: Any, *, delay: int = 0) -> None:
        self._steps.step()
        super().publish(queue, envelopes, delay=delay)
        self._steps.step()


class World:
    """A workspace with two contacts and an import that has been sent."""

    def __init__(self) -> None:
        self.steps = Steps()
        self.dynamodb = MemoryDynamoDB()
        self.clock = FixedClock(NOON)
        self.table = Table(self.dynamodb, "t")  # type: ignore[arg-type]
        self.files = CountedFiles(self.steps)
        self.queues = CountedQueues(self.steps)
        self.runtime: Runtime = fake_runtime(
            self.table, clock=self.clock, files=self.files, queues=self.queues, parts=wiring.parts
        )
        self.workspace = create_workspace(
            table=self.table, clock=self.clock, workspace_id=WORKSPACE, name="Acme", language="en"
        )
        for contact_id, name, city in ((KNOWN[0], "Ana", "Lugo"), (KNOWN[1], "Sol", "Lugo")):
            contacts.create_contact(
                table=self.table,
                clock=self.clock,
                workspace=self.workspace,
                contact_id=contact_id,
                values={"first_name": name, "city": city, "emails": [{"address": f"{name}@example.com"}]},
            )
        begun = service.begin(
            runtime=self.runtime,
            workspace=self.workspace,
            import_id=IMPORT,
            file_name="people.csv",
            kind="contact",
            mode="both",
            match_field="email",
            language="en",
            created_by="member:x",
        )
        self.files.receive(begun.importing.source, CONTENT)
        self.dynamodb.before = self.dynamodb.after = self.steps.step

    @property
    def importing(self) -> Import:
        """The import as it is."""
        return service.get_import(runtime=self.runtime, workspace_id=WORKSPACE, import_id=IMPORT)

    def start(self, **more: Any) -> None:
        """Ask for it to run."""
        service.start(
            runtime=self.runtime,
            workspace=self.workspace,
            importing=self.importing,
            mapping=None,
            dry_run=False,
            by="member:x",
            **more,
        )

    def undo(self) -> None:
        """Ask for it to be undone."""
        service.undo(runtime=self.runtime, importing=self.importing, by="member:x")

    def deliver(self) -> None:
        """One delivery."""
        running.work(self.runtime, WORKSPACE, IMPORT, seconds=1000)

    def settle(self) -> Import:
        """Deliver, tick and let time pass until the import has ended."""
        for _ in range(60):
            importing = self.importing
            if importing.state not in (State.READING, State.RUNNING, State.CANCELLING, State.UNDOING):
                return importing
            self.deliver()
            self.clock.advance(seconds=200)
            self.queues.published.clear()
            consumers.tick(self.runtime)
            for _, envelope, _ in list(self.queues.published):
                consumers.handle(self.runtime, envelope)
        raise AssertionError("the import is stuck")

    def people(self) -> dict[str, dict[str, Any]]:
        """Contacts, companies and claims as they stand, but for times and versions."""
        own = {"version", "edited_version", "updated_at", "created_at", "changed_by"}
        return {
            f"{pk}/{sk}": {name: value for name, value in item.items() if name not in own}
            for (pk, sk), item in self.dynamodb.items.items()
            if item["kind"]["S"] in ("contact", "company", "claim")
        }

    def verdicts(self) -> list[str]:
        """The verdict file's second column."""
        return [row[1] for row in read_rows(self.files.kept[self.importing.verdict_key].decode())[1:]]
