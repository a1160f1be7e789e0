"""A campaign on the deployed stack over HTTP only, while its sender's processes die and answers of the mail service get lost."""

import subprocess
import sys
from pathlib import Path

from infra.local.instance import Stack

PEOPLE = 1_000


def test_everybody_has_it_once_and_the_ledger_adds_up(stack: Stack) -> None:
    script = Path(__file__).resolve().parents[2] / "examples" / "campaign_day.py"
    command = [sys.executable, str(script), str(stack.home / "stack.json"), str(PEOPLE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "A campaign's day." in done.stdout
