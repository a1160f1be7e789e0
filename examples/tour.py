"""One lead, the whole way, over HTTP only: the quickstart of the API.

    make run DETACH=1
    make tour

A form is posted, the lead is found with its score and the reasons, a campaign is sent to it, the mail is read from the local
mail catcher, the lead unsubscribes by one click, a second campaign leaves it out and says why, and the weekly report arrives
by mail. Needs nothing but Python's standard library and ``.local/stack.json``, which `make run` writes.
"""

import json
import re
import time
import urllib.parse
from typing import Any

from stack_client import StackClient


def main() -> None:
    """Walk the whole way."""
    tour = StackClient.from_arguments()
    address = f"ana.tour.{tour.run}@example.com"

    tour.step("The API answers")
    print("  ", tour.call("GET", "/health", key=False))

    tour.step("A visitor opens the form and sends it")
    form_path = f"/forms/{tour.stack['form_key']}"
    form = tour.call("GET", form_path, key=False)
    print("   fields:", ", ".join(field["name"] for field in form["fields"]))
    values = {"email": address, "first_name": "Ana", "last_name": "Ejemplo", "company": "Molinos del Sur"}
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
    query = urllib.parse.quote(address)

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
    message = tour.wait("mail caught", lambda: tour.mail_to(address, tour.run), 30)
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
