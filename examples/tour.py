"""One lead, the whole way, over HTTP only: the quickstart of the API.

    make run DETACH=1
    make tour

A form is posted, the lead is found with its score and the reasons, a campaign is sent to it, the mail is read from the local
mail catcher, the lead unsubscribes by one click, a second campaign leaves it out and says why, and the weekly report arrives
by mail. Needs nothing but Python's standard library and ``.local/stack.json``, which `make run` writes.
"""

import email
import email.policy
import json
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent


class Tour:
    """The stack, and what has been done so far."""

    def __init__(self, stack: dict[str, Any]):
        self.stack = stack
        self.api = stack["api_url"]
        self.run = format(int(time.time()), "x")
        self.address = f"ana.tour.{self.run}@example.com"
        self.step_number = 0

    def step(self, title: str) -> None:
        """Begin a step."""
        self.step_number += 1
        print(f"\n\033[1m{self.step_number}. {title}\033[0m", flush=True)

    def http(self, method: str, url: str, body: Any = None, *, key: bool = True, form: bool = False) -> tuple[int, Any]:
        """One request; the status and the parsed answer."""
        headers = {}
        data = None
        if key:
            headers["Authorization"] = f"Bearer {self.stack['api_key']}"
        if body is not None and form:
            data, headers["Content-Type"] = body.encode(), "application/x-www-form-urlencoded"
        elif body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        request = urllib.request.Request(url, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                status, content = response.status, response.read()
                kind = response.headers.get("content-type", "")
        except urllib.error.HTTPError as error:
            status, content, kind = error.code, error.read(), error.headers.get("content-type", "")
        parsed = json.loads(content) if "json" in kind and content else content.decode("utf-8", "replace")
        return status, parsed

    def call(self, method: str, path: str, body: Any = None, *, expect: int = 200, key: bool = True) -> Any:
        """One call of the API that has to end with this status."""
        status, answer = self.http(method, self.api + path, body, key=key)
        if status != expect:
            raise SystemExit(f"{method} {path} answered {status}, not {expect}:\n{json.dumps(answer, indent=1)}")
        return answer

    def wait(self, what: str, look: Callable[[], Any], seconds: float = 60) -> Any:
        """Look again until there is something to see."""
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            found = look()
            if found:
                print(f"   {what}: after {time.monotonic() - started:.1f} s")
                return found
            time.sleep(0.25)
        raise SystemExit(f"{what}: not within {seconds:.0f} s")

    def mail_to(self, address: str, subject: str) -> Any:
        """The newest caught mail to this address with this subject, parsed from its source, or None."""
        _, caught = self.http("GET", self.stack["mail_url"] + "/email", key=False)
        for item in reversed(caught):
            if subject in item.get("subject", "") and address in json.dumps(item.get("to", [])):
                _, source = self.http("GET", f"{self.stack['mail_url']}/email/{item['id']}/source", key=False)
                return email.message_from_string(source, policy=email.policy.default)
        return None


def main() -> None:
    """Walk the whole way."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / ".local" / "stack.json"
    if not path.exists():
        raise SystemExit("There is no running stack: `make run DETACH=1` first.")
    tour = Tour(json.loads(path.read_text()))

    tour.step("The API answers")
    print("  ", tour.call("GET", "/health", key=False))

    tour.step("A visitor opens the form and sends it")
    form_path = f"/forms/{tour.stack['form_key']}"
    form = tour.call("GET", form_path, key=False)
    print("   fields:", ", ".join(field["name"] for field in form["fields"]))
    values = {"email": tour.address, "first_name": "Ana", "last_name": "Ejemplo", "company": "Molinos del Sur"}
    names = {field["name"] for field in form["fields"]}
    post = {
        "token": form["token"],
        "values": {name: value for name, value in values.items() if name in names},
        "consents": [consent["id"] for consent in form["consents"]],
        "page": {
            "url": "https://example.com/guia",
            "referrer": "https://www.example.org/",
            "utm": {"source": "newsletter", "medium": "email", "campaign": "otoño"},
        },
    }
    time.sleep(3.2)  # a token is good from its third second: nobody fills a form faster
    submission = tour.call("POST", form_path + "/submissions", post, expect=202, key=False)
    print("   accepted:", submission["submission_id"])
    status, again = tour.http("POST", tour.api + form_path + "/submissions", post, key=False)
    print(f"   the same token again: {status} {again.get('errors', [{}])[0].get('field')}")

    tour.step("The lead is there, scored, with the reasons")
    query = urllib.parse.quote(tour.address)

    def scored() -> Any:
        items = tour.call("GET", f"/leads?email={query}")["items"]
        return items[0] if items and items[0]["score"]["total"] else None

    lead = tour.wait("lead with a score", scored, 10)
    print("  ", json.dumps({name: lead[name] for name in ("id", "status", "source", "score")}, ensure_ascii=False))
    for entry in tour.call("GET", f"/leads/{lead['id']}/score-history")["items"]:
        print(f"   {entry['points']:+4d}  {entry['reason']}")
    contact = tour.call("GET", f"/contacts/{lead['contact_id']}")
    print("   contact:", contact["display_name"], [email["address"] for email in contact["emails"]])

    tour.step("A segment and a campaign to it")
    body = {"name": f"Recorrido {tour.run}", "kind": "static", "contact_ids": [contact["id"]]}
    segment = tour.call("POST", "/segments", body, expect=201)
    campaign_body = {
        "name": f"Recorrido {tour.run}",
        "subject": f"Hola {{{{ contact.first_name | default('amiga') }}}}, tu guía {tour.run}",
        "from": {"name": "Clientela", "email": "hola@clientela.example"},
        "body": {
            "format": "mjml",
            "source": "<mjml><mj-body><mj-section><mj-column><mj-text>Hola {{ contact.first_name | default('amiga') }}:"
            " aquí está <a href='https://example.com/guia?a=1&amp;b=2'>tu guía</a>.</mj-text></mj-column></mj-section>"
            "</mj-body></mjml>",
        },
        "segment_ids": [segment["id"]],
    }
    campaign = tour.call("POST", "/campaigns", campaign_body, expect=201)
    tour.call("POST", f"/campaigns/{campaign['id']}/send", {}, expect=202)

    def finished(campaign_id: str) -> Any:
        now = tour.call("GET", f"/campaigns/{campaign_id}")
        return now if now["state"] == "finished" else None

    done = tour.wait("campaign finished", lambda: finished(campaign["id"]), 90)
    print("   counts:", {name: count for name, count in done["counts"].items() if count})

    tour.step("The mail that arrived")
    message = tour.wait("mail caught", lambda: tour.mail_to(tour.address, tour.run), 30)
    for header in ("From", "To", "Subject", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post"):
        print(f"   {header}: {message[header]}")
    text = message.get_body(("plain",)).get_content()
    print("   " + text.strip().replace("\n", "\n   ")[:600])

    tour.step("One click unsubscribes")
    link = re.search(r"<(https?://[^>]+)>", message["List-Unsubscribe"]).group(1)  # type: ignore[union-attr]
    link = tour.stack["url"] + urllib.parse.urlsplit(link).path
    status, _ = tour.http("POST", link, "List-Unsubscribe=One-Click", key=False, form=True)
    print("   POST answered", status)
    assert status in (200, 202), status

    tour.step("A second campaign leaves the contact out and says why")
    second = tour.call("POST", "/campaigns", {**campaign_body, "name": f"Segunda {tour.run}"}, expect=201)
    tour.call("POST", f"/campaigns/{second['id']}/send", {}, expect=202)
    tour.wait("second campaign finished", lambda: finished(second["id"]), 90)
    recipient = tour.call("GET", f"/campaigns/{second['id']}/recipients?email={query}")["items"][0]
    print("  ", {name: recipient[name] for name in ("email", "state", "reason")})
    assert recipient["state"] == "suppressed", recipient

    tour.step("The weekly report, by mail")
    job = tour.call("POST", "/reports/weekly/runs", {}, expect=202)

    def delivered() -> Any:
        runs = tour.call("GET", "/reports/runs")["items"]
        return next((run for run in runs if run["id"] == job["id"] and run["state"] == "delivered"), None)

    run = tour.wait("report delivered", delivered, 90)
    print("   to:", ", ".join(run["recipients"]), "·", run["delivery"])
    report = tour.wait("report caught", lambda: tour.mail_to(run["recipients"][0], ""), 20)
    print("   Subject:", report["Subject"])
    print("   parts:", [part.get_content_type() for part in report.walk() if not part.is_multipart()])

    tour.step("What is known of her")
    for entry in tour.call("GET", f"/contacts/{contact['id']}/timeline")["items"]:
        print("  ", entry["at"], entry["kind"])
    print("\nThe whole way. · Todo el recorrido.")


if __name__ == "__main__":
    main()
