"""One lead, the whole way, on the deployed stack over HTTP only: the tour is the test."""

import json


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
