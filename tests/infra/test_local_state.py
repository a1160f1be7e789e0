"""A checkpoint of the local cloud is one unit, whenever the machine is switched off."""

import contextlib
import json
import os
import resource
import time
from pathlib import Path
from typing import Any

import pytest

from infra.local import cloud

NAMES = ("dynamodb", "sqs", "lambda", "s3")


class Killed(BaseException):
    """The moment of kill -9."""


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cloud, "_STATE", tmp_path)
    monkeypatch.setattr(cloud, "_NEXT", tmp_path / "next")
    monkeypatch.setattr(cloud, "_COMMIT", tmp_path / "commit")
    return tmp_path


def checkpoints(values: dict[str, Any]) -> cloud.Checkpoints:
    return cloud.Checkpoints(
        lambda: {name: lambda name=name: values[name] for name in NAMES}, lambda name, value: json.dumps(value)
    )


def read(state: Path) -> set[int]:
    return {json.loads((state / f"{name}.json").read_text()) for name in NAMES}


@pytest.mark.parametrize("step", range(40))
def test_a_kill_at_any_step_leaves_one_moment(state: Path, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Killed at each file operation of the second checkpoint, and again in the middle of the repair."""
    values = dict.fromkeys(NAMES, 1)
    saver = checkpoints(values)
    saver.save()
    values.update(dict.fromkeys(NAMES, 2))
    left = [step]

    def counted(name: str, original: Any) -> Any:
        def operation(*arguments: Any, **options: Any) -> Any:
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return original(*arguments, **options)

        return operation

    def killed_at(number: int, work: Any) -> bool:
        left[0] = number
        with monkeypatch.context() as patch:
            for name in ("open", "rename", "replace", "mkdir", "rmdir"):
                patch.setattr(Path, name, counted(name, getattr(Path, name)))
            patch.setattr(cloud.os, "fsync", counted("fsync", cloud.os.fsync))
            try:
                work()
            except Killed:
                return True
        return False

    killed_at(step, saver.save)
    killed_at(step % 4, cloud.finish)
    cloud.finish()
    assert len(read(state)) == 1
    assert not (state / "next").exists()
    assert not (state / "commit").exists()


def test_only_what_changed_is_written_again(state: Path) -> None:
    values = dict.fromkeys(NAMES, 1)
    saver = checkpoints(values)
    saver.save()
    before = {name: (state / f"{name}.json").stat().st_ino for name in NAMES}
    values["sqs"] = 2
    saver.save()
    after = {name: (state / f"{name}.json").stat().st_ino for name in NAMES}
    assert [name for name in NAMES if before[name] != after[name]] == ["sqs"]


def test_a_service_whose_state_cannot_be_read_keeps_its_file(state: Path) -> None:
    values: dict[str, Any] = dict.fromkeys(NAMES, 1)
    saver = checkpoints(values)
    saver.save()
    del values["s3"]
    values["sqs"] = 2
    saver.save()
    assert json.loads((state / "s3.json").read_text()) == 1
    assert json.loads((state / "sqs.json").read_text()) == 2


def test_a_copy_of_the_process_saves_its_moment(state: Path) -> None:
    values = dict.fromkeys(NAMES, 1)
    saver = checkpoints(values)
    saver.before = lambda: values.update(dict.fromkeys(NAMES, 2))
    saver.save_aside()
    assert read(state) == {2}
    assert saver._written.keys() == set(NAMES)


def test_a_copy_that_hangs_is_given_up(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cloud, "_PATIENCE", 0.3)
    values = dict.fromkeys(NAMES, 1)
    me = os.getpid()
    saver = checkpoints(values)

    def hang() -> None:
        while os.getpid() != me:
            time.sleep(1)

    saver.after = hang
    saver.save_aside()
    assert read(state) == {1}


@pytest.mark.parametrize(
    ("method", "target", "path", "expected"),
    [
        ("POST", "DynamoDB_20120810.PutItem", "/", True),
        ("POST", "DynamoDB_20120810.Query", "/", False),
        ("POST", "AmazonSQS.ReceiveMessage", "/", False),
        ("POST", "AmazonSQS.DeleteMessage", "/", True),
        ("PUT", "", "/bucket/key", True),
        ("GET", "", "/bucket/key", False),
        ("POST", "", "/api/v1/leads", True),
        ("POST", "", "/_ministack/reset", False),
    ],
)
def test_which_requests_change_something(method: str, target: str, path: str, expected: bool) -> None:
    headers = [(b"x-amz-target", target.encode())] if target else []
    scope = {"type": "http", "method": method, "path": path, "headers": headers}
    assert cloud.changes_something(scope) is expected


def test_a_copy_that_saves_is_heard_however_many_files_are_open(state: Path) -> None:
    """``select`` knows no file above 1023, and a cloud with many workers has them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    try:
        with contextlib.ExitStack() as files:
            opened = [files.enter_context(Path(os.devnull).open()) for _ in range(1100)]
            assert opened[-1].fileno() > 1023
            checkpoints(dict.fromkeys(NAMES, 7)).save_aside()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert len(opened) == 1100
    assert read(state) == {7}
