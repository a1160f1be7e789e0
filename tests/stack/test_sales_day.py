"""A day of sales on the deployed stack over HTTP only; and that an erased person is nowhere, not only where the API looks."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.instance import Stack

ROWS = 300


@pytest.fixture(scope="module")
def day(stack: Stack) -> str:
    """What ``examples/sales_day.py`` printed."""
    script = Path(__file__).resolve().parents[2] / "examples" / "sales_day.py"
    command = [sys.executable, str(script), str(stack.home / "stack.json"), str(ROWS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_day_comes_to_its_end(day: str) -> None:
    assert "A whole day." in day


def test_an_erased_person_is_nowhere(stack: Stack, aws: Callable[[str], Any], day: str) -> None:
    canary = next(line for line in day.splitlines() if "canary:" in line).split()[-1]
    assert canary.startswith("canario")
    assert not [key for key, item in _items(stack, aws) if canary in item]
    assert not [key for key, content in _files(stack, aws) if canary.encode() in content]


def test_an_erased_person_is_in_no_log(stack: Stack, day: str) -> None:
    canary = next(line for line in day.splitlines() if "canary:" in line).split()[-1]
    for log in (stack.home / "log").rglob("*"):
        if log.is_file():
            assert canary not in log.read_text(errors="replace"), log.name


def _items(stack: Stack, aws: Callable[[str], Any]) -> Iterator[tuple[str, str]]:
    for page in aws("dynamodb").get_paginator("scan").paginate(TableName=stack.outputs["TableName"]):
        for item in page["Items"]:
            yield f"{item['pk']['S']} / {item['sk']['S']}", repr(item)


def _files(stack: Stack, aws: Callable[[str], Any]) -> Iterator[tuple[str, bytes]]:
    bucket = stack.outputs["FilesBucket"]
    for page in aws("s3").get_paginator("list_object_versions").paginate(Bucket=bucket):
        for version in page.get("Versions", []):
            found = aws("s3").get_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
            yield version["Key"], found["Body"].read()
