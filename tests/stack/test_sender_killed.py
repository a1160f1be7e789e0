"""The deployed sender's processes are killed again and again in the middle of a campaign: nobody gets it twice, nobody is lost.

Whom a sender had claimed and not yet marked when it died is at most one for each of its processes. If the message had left, the mail
service's event tells of it: SENT. If not, the row stays UNKNOWN, visibly, and after an hour a person decides. Everybody else ends SENT and
has one message. The ledger's protocol is modelled exhaustively in tests/unit/marketing/sending; this is the same with real processes, a
real queue and a real mail server.
"""

import os
import random
import signal
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from json import dumps, loads
from pathlib import Path
from typing import Any

from infra.local.instance import Stack

ENDED = ("sent", "failed", "suppressed", "unknown", "parked")


def test_killed_again_and_again_it_sends_to_everybody_once(stack: Stack, aws: Callable[[str], Any]) -> None:
    # What a dead function had taken comes back after six minutes; not here.
    queue = stack.outputs["CampaignSendQueueUrl"]
    before = aws("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])["Attributes"]
    aws("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "5"})
    try:
        subject = f"Kill {time.time_ns()}"
        campaign_id = _campaign(stack, subject)
        _api(stack, "POST", f"/campaigns/{campaign_id}/send", {})
        kills = _kill_while_sending(stack, campaign_id)
        campaign = _settled(stack, campaign_id, seconds=420)
    finally:
        aws("sqs").set_queue_attributes(QueueUrl=queue, Attributes=before)
    assert kills >= 3
    counts = campaign["counts"]
    ended = sum(counts[state] for state in ENDED)
    assert campaign["audience"] >= 60
    assert ended == campaign["audience"], counts
    assert counts["failed"] == 0, counts
    assert counts["unknown"] <= kills, counts
    mails = _mails(stack, subject)
    assert not [address for address, copies in mails.items() if copies > 1]
    in_doubt = {
        row["email"] for row in _api(stack, "GET", f"/campaigns/{campaign_id}/recipients?state=unknown")["items"]
    }
    assert len(in_doubt) == counts["unknown"]
    assert not in_doubt & mails.keys()  # who was mailed is known to be
    assert len(mails) == counts["sent"]


def _campaign(stack: Stack, subject: str) -> str:
    conditions = {"all": [{"field": "consent.marketing_email", "op": "is", "value": "granted"}]}
    body = {"name": subject, "kind": "dynamic", "conditions": conditions}
    segment = _api(stack, "POST", "/segments", body)
    for _ in range(240):
        if _api(stack, "GET", f"/segments/{segment['id']}")["state"] == "ready":
            break
        time.sleep(0.5)
    draft = {
        "name": subject,
        "subject": subject,
        "from": {"name": "Kill", "email": "hola@clientela.example"},
        "body": {"format": "html", "source": "<p>Hola {{ contact.first_name | default('') }}</p>"},
        "segment_ids": [segment["id"]],
    }
    found: str = _api(stack, "POST", "/campaigns", draft)["id"]
    return found


def _kill_while_sending(stack: Stack, campaign_id: str) -> int:
    chance = random.Random(7)
    kills = 0
    started = time.monotonic()
    while time.monotonic() - started < 60 and kills < 12:
        campaign = _api(stack, "GET", f"/campaigns/{campaign_id}")
        if campaign["state"] in ("finished", "paused"):
            break
        if campaign["state"] == "sending":
            for pid in _workers(stack, "SendCampaigns"):
                os.kill(pid, signal.SIGKILL)
                kills += 1
        time.sleep(chance.uniform(0.1, 0.9))
    return kills


def _workers(stack: Stack, function: str) -> list[int]:
    """The processes that run a function of this stack, and of no other."""
    home = str(stack.home.resolve())
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                command = (folder / "cmdline").read_bytes().decode()
            except OSError:
                continue
            if home in command and f"-{function}-" in command and "_worker" in command:
                found.append(int(folder.name))
    return found


def _settled(stack: Stack, campaign_id: str, *, seconds: float) -> dict[str, Any]:
    started = time.monotonic()
    campaign: dict[str, Any] = {}
    calm_since = -1, started
    while time.monotonic() - started < seconds:
        campaign = _api(stack, "GET", f"/campaigns/{campaign_id}")
        counts = campaign["counts"]
        settled = campaign["audience"] and sum(counts[state] for state in ENDED) == campaign["audience"]
        # The events of those in doubt may still be on their way.
        before, calm = calm_since
        if not settled or counts["unknown"] != before:
            calm_since = counts["unknown"], time.monotonic()
        elif time.monotonic() - calm > 15:
            return campaign
        time.sleep(1)
    raise AssertionError(campaign)


def _mails(stack: Stack, subject: str) -> Counter[str]:
    with urllib.request.urlopen(f"{stack.mail_url}/email", timeout=30) as answer:
        caught = loads(answer.read())
    return Counter(mail["to"][0]["address"] for mail in caught if mail.get("subject") == subject)


def _api(stack: Stack, method: str, path: str, body: Any = None) -> Any:
    request = urllib.request.Request(
        stack.api_url + path,
        data=None if body is None else dumps(body).encode(),
        headers={"Authorization": f"Bearer {stack.api_key}", "Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return loads(answer.read())
