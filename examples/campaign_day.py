"""A campaign's day, over HTTP only, while its sender is killed again and again.

    make run DETACH=1
    make mailing                  # or: python examples/campaign_day.py .local/stack.json 2000

A segment of five nested conditions is built and a contact edited into it; a campaign goes to all of it while the processes that send are
killed and some of the mail service's answers get lost, is paused and resumed in the middle, and somebody leaves with one click
meanwhile. In the end the mail catcher holds each message once, the ledger adds up, whoever is in doubt is named, and every message
passes a strict check. Every step checks what it says and stops at the first thing that is not so. Two things HTTP cannot do: the
processes to kill are looked up on this machine, and a file tells the local cloud which share of answers to lose.
"""

import json
import os
import random
import re
import signal
import sys
import threading
import time
import urllib.parse
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from stack_client import HERE, StackClient
from strict_mail import problems

AT_ONCE = 2  # two cores
LEAVERS = 8  # of whom one leaves, who has not got the campaign by then
ENDED = ("sent", "failed", "suppressed", "parked")
IN_DOUBT = ("claimed", "unknown")


def main() -> None:
    """The whole day."""
    people = int(sys.argv[2]) if len(sys.argv) > 2 else 2_000
    day = StackClient.from_arguments()
    contacts = write_down(day, people)
    segment = nest_conditions(day, contacts)
    readers = welcome(day, contacts[:LEAVERS])
    campaign, subject, leaver, kills = send_and_kill(day, segment, people, readers)
    judge(day, campaign, subject, people, leaver, kills)
    print("\nA campaign's day. · El día de una campaña.")


def write_down(day: StackClient, people: int) -> list[dict[str, Any]]:
    """People who want the newsletter; the last of them not yet in the right city."""
    day.step(f"Write down {people:,} people who want mail")

    day.wait("the API", lambda: day.http("GET", day.api + "/contacts")[0] == 200, 120)  # its first answer may take long

    def one(number: int) -> Any:
        values = {
            "first_name": f"Persona {number}",
            "city": "Vigo" if number == people - 1 else "Lugo",
            "tags": [f"dia{day.run}"],
            "emails": [{"address": f"dia{number}.{day.run}@mailing.example.com"}],
        }
        made = day.call("POST", "/contacts", values, expect=201)
        consent = {
            "purpose": "marketing_email",
            "state": "granted",
            "text": "Quiero recibir las novedades.",
            "source": "example",
        }
        day.call("POST", f"/contacts/{made['id']}/consents", consent, expect=201)
        return made

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(people)))


def nest_conditions(day: StackClient, contacts: list[dict[str, Any]]) -> dict[str, Any]:
    """Five levels of all, any and none; and somebody who comes in by an edit."""
    day.step("A segment of five nested conditions; an edited contact comes in")
    leaf = {"field": "contact.city", "op": "is", "value": "Lugo"}
    inner = {"none": [{"any": [{"all": [{"field": "contact.first_name", "op": "absent"}]}]}]}
    conditions = {
        "all": [
            {"field": "contact.tag", "op": "is", "value": f"dia{day.run}"},
            {"any": [leaf, {"field": "contact.city", "op": "is", "value": "Ourense"}]},
            inner,
        ]
    }
    segment = day.call(
        "POST", "/segments", {"name": f"Día {day.run}", "kind": "dynamic", "conditions": conditions}, expect=201
    )

    def ready() -> Any:
        now = day.call("GET", f"/segments/{segment['id']}")
        return now if now["state"] == "ready" and now["count"] == len(contacts) - 1 else None

    found = day.wait("segment ready", ready, 60 + len(contacts) / 10)
    print("   says:", json.dumps(found.get("sentence"), ensure_ascii=False))
    last = contacts[-1]
    now = day.call("GET", f"/contacts/{last['id']}")
    day.call("PATCH", f"/contacts/{last['id']}", {"city": "Lugo", "version": now["version"]})
    day.wait(
        "the edited contact is in it",
        lambda: day.call("GET", f"/segments/{segment['id']}")["count"] == len(contacts),
        10,
    )
    return segment


def welcome(day: StackClient, contacts: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Some people's earlier mail, with the link to leave by."""
    day.step("An earlier mail to some of them, with a link to leave by")
    name = f"Bienvenida {day.run}"
    ids = [contact["id"] for contact in contacts]
    own = day.call("POST", "/segments", {"name": name, "kind": "static", "contact_ids": ids}, expect=201)
    campaign = draft(day, name, own["id"])
    day.call("POST", f"/campaigns/{campaign}/send", {}, expect=202)
    readers = []
    for contact in contacts:
        address = contact["emails"][0]["address"]
        message = day.wait("mail caught", lambda address=address: day.mail_to(address, name), 90)
        link = re.search(r"<(https?://[^>]+)>", message["List-Unsubscribe"]).group(1)  # type: ignore[union-attr]
        readers.append({"address": address, "link": day.stack["url"] + urllib.parse.urlsplit(link).path})
    return readers


def draft(day: StackClient, subject: str, segment_id: str) -> str:
    """A campaign that says hello; its id."""
    body = {
        "name": subject,
        "subject": subject,
        "from": {"name": "Clientela", "email": "hola@clientela.example"},
        "body": {"format": "html", "source": "<p>Hola {{ contact.first_name | default('') }}</p>"},
        "segment_ids": [segment_id],
    }
    found: str = day.call("POST", "/campaigns", body, expect=201)["id"]
    return found


def send_and_kill(
    day: StackClient, segment: dict[str, Any], people: int, readers: list[dict[str, str]]
) -> tuple[str, str, dict[str, str], int]:
    """Send, kill, pause, leave, resume, kill."""
    day.step("Send it, and kill its sender again and again; pause, leave with one click and resume in the middle")
    subject = f"Novedades {day.run}"
    campaign = draft(day, subject, segment["id"])
    path = f"/campaigns/{campaign}"
    day.call("POST", f"{path}/send", {}, expect=202)
    day.wait("sending", lambda: day.call("GET", path)["state"] == "sending", 120)
    day.call("POST", f"{path}/pause", {})
    time.sleep(5)
    held = len(caught(day, subject))
    time.sleep(4)
    same("mails that left after five seconds of pause", len(caught(day, subject)) - held, 0)
    same("the pause was in the middle", held < people, True)
    print(f"   sent when it was paused: {held}")
    leaver = next(reader for reader in readers if row_of(day, campaign, reader["address"])["state"] == "pending")
    status, _ = day.http("POST", leaver["link"], "List-Unsubscribe=One-Click", key=False, form=True)
    same("one click", status in (200, 202), True)
    day.call("POST", f"{path}/resume", {})
    kills = Kills()
    kills.start()
    lost = kills.home / "state" / "lost-answers"
    lost.write_text("0.03")
    try:
        settle(day, path, people)
    finally:
        kills.stop()
        lost.unlink()
    return campaign, subject, leaver, kills.count


def settle(day: StackClient, path: str, people: int) -> None:
    """Until nobody is pending. What a killed process had taken from the queue comes back late; resuming orders the walks again."""
    started = time.monotonic()
    last, since = -1, started
    while time.monotonic() - started < 120 + people:
        now = day.call("GET", path)
        if now["counts"]["pending"] == 0 and now["counts"]["sent"]:
            return
        sent = now["counts"]["sent"]
        if sent != last:
            last, since = sent, time.monotonic()
        elif time.monotonic() - since > 6 and now["state"] == "sending":
            day.call("POST", f"{path}/pause", {})
            day.call("POST", f"{path}/resume", {})
            since = time.monotonic()
        time.sleep(0.5)
    raise SystemExit(f"Somebody is still waiting: {day.call('GET', path)['counts']}")


class Kills:
    """Kills the sender's processes of one stack, for half a minute."""

    def __init__(self) -> None:
        self.home = (Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / ".local" / "stack.json").resolve().parent
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.count = 0

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        chance, ends = random.Random(7), time.monotonic() + 30
        while time.monotonic() < ends and not self._stopped.wait(chance.uniform(0.3, 1.2)):
            for folder in Path("/proc").iterdir():
                if folder.name.isdigit():
                    try:
                        command = (folder / "cmdline").read_bytes().decode()
                        if str(self.home) in command and "-SendCampaigns-" in command and "_worker" in command:
                            os.kill(int(folder.name), signal.SIGKILL)
                            self.count += 1
                    except OSError:
                        continue


def caught(day: StackClient, subject: str) -> list[dict[str, Any]]:
    """The mail catcher's mails with this subject."""
    _, mails = day.http("GET", day.stack["mail_url"] + "/email", key=False)
    return [mail for mail in mails if mail.get("subject") == subject]


def judge(day: StackClient, campaign: str, subject: str, people: int, leaver: dict[str, str], kills: int) -> None:
    """Each once; the ledger adds up; who left did not get it; nothing wrong with any message."""
    day.step("Each once, and the ledger adds up")
    print(f"   kills: {kills}")
    mails = caught(day, subject)
    copies = Counter(mail["to"][0]["address"] for mail in mails)
    same("addresses with more than one copy", [address for address, count in copies.items() if count > 1], [])
    same("who left has none", copies[leaver["address"]], 0)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        sources = list(
            pool.map(
                lambda mail: day.send("GET", f"{day.stack['mail_url']}/email/{mail['id']}/source", None, {})[1], mails
            )
        )
    wrong = Counter(problem for source in sources for problem in problems(source))
    same("what a strict receiver finds wrong", dict(wrong), {})

    def added_up() -> Any:
        counts = day.call("GET", f"/campaigns/{campaign}")["counts"]
        settled = counts["sent"] == len(copies) and sum(counts[state] for state in (*ENDED, *IN_DOUBT)) == people
        return counts if settled else None

    # Who died between handing over and marking is known by the mail service's event, which comes by a queue.
    counts = day.wait("sent in the ledger = caught", added_up, 120 + people / 10)
    print("   counts:", {name: count for name, count in counts.items() if count})
    same("suppressed", counts["suppressed"], 1)
    left = [row for state in IN_DOUBT for row in day.all(f"/campaigns/{campaign}/recipients?state={state}")]
    same("in doubt, and none of them was mailed", [row["email"] for row in left if copies[row["email"]]], [])
    print(f"   claimed by a process that died before handing over: {len(left)}; in an hour a person decides about them")
    if len(left) > kills:
        raise SystemExit("A death leaves one in doubt at most.")
    row = row_of(day, campaign, leaver["address"])
    print("   who left:", row["state"], row["reason"])


def row_of(day: StackClient, campaign: str, address: str) -> Any:
    """What the ledger says of this address."""
    return day.call("GET", f"/campaigns/{campaign}/recipients?email={urllib.parse.quote(address)}")["items"][0]


def same(what: str, found: Any, expected: Any) -> None:
    """Stop when these differ."""
    if found != expected:
        raise SystemExit(f"{what}: {found!r} and not {expected!r}")
    print(f"   {what}: {found}" if not isinstance(found, list | dict) else f"   {what}: as expected")


if __name__ == "__main__":
    main()
