"""One lead, the whole way, on the deployed stack over HTTP only: the tour is the test."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.instance import Stack

TOUR = Path(__file__).resolve().parents[2] / "examples" / "tour.py"


@pytest.fixture(scope="module")
def tour(stack: Stack) -> str:
    done = subprocess.run(
        [sys.executable, str(TOUR), str(stack.home / "stack.json")],
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_tour_walks_to_its_end(tour: str) -> None:
    assert "The whole way." in tour


def test_a_reused_token_is_refused_by_name(tour: str) -> None:
    line = next(line for line in tour.splitlines() if "the same token again" in line)
    assert " 4" in line
    assert line.endswith("token")


def test_the_mail_can_be_unsubscribed_with_one_click(tour: str) -> None:
    assert "List-Unsubscribe: <http" in tour
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in tour


def test_the_second_campaign_says_why_it_left_the_contact_out(tour: str) -> None:
    assert "'state': 'suppressed'" in tour


def test_the_report_has_charts_and_a_table(tour: str) -> None:
    line = next(line for line in tour.splitlines() if "parts:" in line)
    assert "image/png" in line
    assert "text/csv" in line
    assert json.dumps("text/html").strip('"') in line
