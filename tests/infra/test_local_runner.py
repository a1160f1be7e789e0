# ruff: noqa: N803 (the names are AWS's)
"""Ports, processes and dead letters of the local stack."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from infra import redrive
from infra.local import check, node, ports, processes
from infra.local.console import LocalError


class TestPorts:
    def test_a_taken_port_names_its_owner_and_another(self, tmp_path: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            with pytest.raises(
                LocalError, match=rf"Port {port} is in use by .*\(pid {os.getpid()}\).*PORT={port + 10}"
            ):
                ports.choose(tmp_path, port)

    def test_the_last_runs_port_is_remembered(self, tmp_path: Path) -> None:
        first = ports.choose(tmp_path, 28461)
        assert ports.choose(tmp_path, None) == first == ports.remembered(tmp_path)

    def test_copies_on_neighbouring_ports_do_not_meet(self) -> None:
        distances = (0, ports._CLOUD, ports._SMTP, ports._MAIL)
        for step in (1, 2, 10, 100, 1000, 10000):
            mine = set(distances)
            assert not mine & {distance + step for distance in distances}

    @pytest.mark.parametrize("port", [0, -1, 65536])
    def test_impossible(self, tmp_path: Path, port: int) -> None:
        with pytest.raises(LocalError, match="not a port"):
            ports.choose(tmp_path, port or -5)


class TestProcesses:
    def test_a_pid_that_belongs_to_somebody_else_is_not_ours(self, tmp_path: Path) -> None:
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "cloud.json").write_text(json.dumps({"pid": os.getpid(), "started": "1"}))
        assert processes.running(tmp_path, "cloud") is None
        assert not (tmp_path / "run" / "cloud.json").exists()

    def test_ends_politely_then_by_force(self, tmp_path: Path) -> None:
        stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(60)"
        for code, polite in (("import time; print(flush=True); time.sleep(60)", True), (stubborn, False)):
            child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
            assert child.stdout
            child.stdout.readline()
            processes.remember(tmp_path, "child", child.pid)
            identity = processes.running(tmp_path, "child")
            assert identity
            assert processes.end(identity, patience=0.5) is polite
            assert not identity.alive()
            child.stdout.close()

    def test_finds_what_a_killed_run_left(self, tmp_path: Path) -> None:
        env = {**os.environ, processes.MARK: str(tmp_path.resolve())}
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], env=env)
        deadline = time.monotonic() + 5
        while not processes.end_strays(tmp_path) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert child.wait(timeout=5) == -9
        assert processes.end_strays(tmp_path / "other") == 0


class Queue:
    """SQS, lambda and cloudformation enough for a redrive."""

    def __init__(self, letters: int, *, refuse: int = 0) -> None:
        self.dead = [{"Body": json.dumps({"n": n}), "ReceiptHandle": str(n)} for n in range(letters)]
        self.sent: list[str] = []
        self.refuse = refuse
        self.flying: list[dict[str, str]] = []

    def get_queue_url(self, QueueName: str) -> dict[str, str]:
        return {"QueueUrl": QueueName}

    def get_queue_attributes(self, **_: Any) -> dict[str, Any]:
        return {"Attributes": {"ApproximateNumberOfMessages": str(len(self.dead))}}

    def receive_message(self, QueueUrl: str, MaxNumberOfMessages: int, **_: Any) -> dict[str, Any]:
        assert QueueUrl == "clientela-local-scoring-dlq"
        taken, self.dead = self.dead[:MaxNumberOfMessages], self.dead[MaxNumberOfMessages:]
        self.flying += taken
        return {"Messages": taken} if taken else {}

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        assert QueueUrl == "clientela-local-scoring"
        refused, self.refuse = self.refuse, 0
        good = Entries[refused:]
        self.sent += [entry["MessageBody"] for entry in good]
        return {
            "Successful": [{"Id": entry["Id"]} for entry in good],
            "Failed": [{"Id": e["Id"]} for e in Entries[:refused]],
        }

    def delete_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        gone = {entry["ReceiptHandle"] for entry in Entries}
        self.flying = [each for each in self.flying if each["ReceiptHandle"] not in gone]
        return {}


class TestRedrive:
    def test_every_dead_letter_queue_has_a_way_back(self) -> None:
        text = (Path(__file__).parents[2] / "infra" / "resources" / "queues.yaml").read_text()
        dead = set(re.findall(r"clientela-\$\{StageName\}-([a-z-]+)-dlq", text))
        assert dead == {*redrive.QUEUES, *redrive.FUNCTIONS}

    def test_moves_all_and_deletes_only_what_arrived(self) -> None:
        queue = Queue(23, refuse=2)
        said: list[str] = []
        moved = redrive.redrive(lambda service: queue, "local", "scoring", said.append)
        assert moved == redrive.Moved(back=21, stayed=2)
        assert len(queue.sent) == 21
        assert [each["ReceiptHandle"] for each in queue.flying] == ["0", "1"]
        assert said[0] == "scoring: 23 dead letters"
        assert said[-1] == "scoring: 21 of 23 back, 2 stay"

    def test_what_comes_in_meanwhile_waits(self) -> None:
        queue = Queue(3)
        send = queue.send_message_batch

        def again(**call: Any) -> dict[str, Any]:
            queue.dead += [{"Body": "{}", "ReceiptHandle": "new"}] * 3
            return send(**call)

        queue.send_message_batch = again  # type: ignore[method-assign]
        assert redrive.redrive(lambda service: queue, "local", "scoring", lambda line: None) == redrive.Moved(3, 0)

    def test_an_unknown_queue_is_named(self) -> None:
        with pytest.raises(redrive.RedriveError, match="There is no queue 'nope'; there are: scoring"):
            redrive.redrive(lambda service: Queue(0), "local", "nope", print)


@pytest.mark.parametrize(
    ("output", "counts"),
    [
        ("....\n12 passed, 1 skipped in 0.3s\n", (12, 0, 1)),
        ("=== 1 failed, 2 passed in 1s ===\n", (2, 1, 0)),
        ("2 errors in 0.1s\n", (0, 2, 0)),
        (" Test Files  3 passed (3)\n      Tests  41 passed | 2 skipped (43)\n", (41, 0, 2)),
        ("  1 failed\n    [chromium] a.spec.ts\n  1 flaky\n  7 passed (12.3s)\n", (8, 1, 0)),
        ("All checks passed!\n", (0, 0, 0)),
    ],
)
def test_counts_what_the_runners_say(output: str, counts: tuple[int, int, int]) -> None:
    assert check._counts(output) == counts


def test_an_old_node_does_not_suit(tmp_path: Path) -> None:
    for version, good in (
        ("v20.20.2", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.1.0", True),
        ("x", False),
    ):
        fake = tmp_path / "node"
        fake.write_text(f"#!/bin/sh\necho {version}\n")
        fake.chmod(0o755)
        assert node._suits(str(fake)) is good
