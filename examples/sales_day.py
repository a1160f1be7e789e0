"""A day of sales, over HTTP only: what a company does that moves in, and what must never go wrong.

    make run DETACH=1
    make day                      # or: python examples/sales_day.py .local/stack.json 10000

A file of contacts is imported (one in a hundred bad, two in a hundred repeated), counted, and undone; a hundred people post a
form at once and are given out round robin; two sellers drag fifty cards at once; two contacts are merged and parted again, byte for
byte; and a person is erased. Every step checks what it says and stops at the first thing that is not so. The number of rows is
the second argument.
"""

import csv
import io
import json
import random
import sys
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from stack_client import StackClient

BAD, REPEATED = 100, 50  # one row in so many
KNOWN = 20  # contacts that the import finds and changes
CAPTURES, AT_ONCE, MEMBERS = 100, 10, 3
CARDS = 50


def main() -> None:
    """The whole day."""
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    day = StackClient.from_arguments()
    import_and_undo(day, rows)
    assign_round_robin(day)
    drag_together(day)
    merge_and_part(day)
    erase_for_good(day)
    print("\nA whole day. · Todo un día.")


def same(what: str, found: Any, expected: Any) -> None:
    """Stop when these differ."""
    if found != expected:
        raise SystemExit(f"{what}: {found!r} and not {expected!r}")
    print(f"   {what}: {found}" if not isinstance(found, list | dict) else f"   {what}: as expected")


def import_and_undo(day: StackClient, rows: int) -> None:
    """Counts add up, the verdict names each row, and undo restores the state before."""
    day.step(f"Import {rows:,} rows, one in {BAD} bad and one in {REPEATED} repeated; then undo it")
    known = [
        day.call(
            "POST",
            "/contacts",
            {"first_name": f"Conocida {number}", "city": "Lugo", "emails": [{"address": address(day, number)}]},
            expect=201,
        )
        for number in range(KNOWN)
    ]
    before = {each["id"]: day.call("GET", f"/contacts/{each['id']}") for each in known}
    content, expected = table_of(day, rows)
    made = day.call(
        "POST",
        "/imports",
        {"file_name": "clientes.csv", "kind": "contact", "mode": "both", "match_field": "email"},
        expect=201,
    )
    day.upload(made["upload"], "clientes.csv", content, "text/csv")
    path = f"/imports/{made['id']}"

    def ready() -> Any:
        status, preview = day.http("GET", day.api + path + "/preview")
        return preview if status == 200 and preview.get("columns") else None

    preview = day.wait("preview", ready, 120)
    suggested = {column["name"]: (column.get("suggested") or {}).get("field") for column in preview["columns"]}
    print("   mapping suggested:", suggested)
    started = time.monotonic()
    day.http("POST", day.api + path + "/start", {})
    done = ended(day, path, ("done", "failed", "cancelled"), 60 + rows / 20)
    seconds = time.monotonic() - started
    same("state", done["state"], "done")
    print(f"   {rows / seconds:,.0f} rows a second on this cloud")
    counts = done["counts"]
    same("rows", counts["rows"], rows)
    for name, number in expected.items():
        same(name, counts[name], number)
    same("sum", sum(counts[name] for name in counts if name != "rows"), rows)
    _, verdict, _ = day.send("GET", done["verdict_url"], None, {})
    told = list(csv.DictReader(io.StringIO(verdict.decode("utf-8-sig")), delimiter=separator_of(verdict)))
    same("rows in the verdict file", len(told), rows)
    day.call("GET", f"/contacts/{known[0]['id']}")
    same("city of a known contact now", day.call("GET", f"/contacts/{known[0]['id']}")["city"], "Vigo")
    day.http("POST", day.api + path + "/undo", {})
    undone = ended(day, path, ("undone", "failed"), 60 + rows / 20)
    same("state", undone["state"], "undone")
    after = {each: day.call("GET", f"/contacts/{each}") for each in before}
    same("known contacts", [plain(after[each]) for each in before], [plain(before[each]) for each in before])
    search = "/search?q=" + urllib.parse.quote(address(day, KNOWN + 1))
    day.wait("search has forgotten them", lambda: not day.call("GET", search)["items"], 60 + rows / 5)


def address(day: StackClient, number: int) -> str:
    """An address that is this run's alone."""
    return f"cliente{number}.{day.run}@import.example.com"


def table_of(day: StackClient, rows: int) -> tuple[bytes, dict[str, int]]:
    """The file, in Spanish as a spreadsheet saves it, and what the import has to say of it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(["Nombre", "Apellidos", "Correo electrónico", "Ciudad", "Etiquetas"])
    expected = Counter(created=0, updated=0, unchanged=0, duplicate=0, rejected=0)
    for number in range(rows):
        mail = address(day, number)
        if number % BAD == BAD - 1:
            mail = f"no es un correo {number}"
            expected["rejected"] += 1
        elif number % REPEATED == REPEATED // 2:
            mail = address(day, number - 1)
            expected["duplicate"] += 1
        else:
            expected["updated" if number < KNOWN else "created"] += 1
        writer.writerow([f"Persona {number}", "Muñoz", mail, "Vigo", "feria"])
    return out.getvalue().encode("cp1252"), dict(expected)


def separator_of(verdict: bytes) -> str:
    """``;`` in Spanish, ``,`` in English."""
    first = verdict.split(b"\n", 1)[0]
    return ";" if first.count(b";") > first.count(b",") else ","


def plain(contact: dict[str, Any]) -> dict[str, Any]:
    """What people fill in of a contact: scores and times move by themselves."""
    own = {"version", "updated_at", "score"}
    return {name: value for name, value in contact.items() if name not in own}


def ended(day: StackClient, path: str, states: Sequence[str], seconds: float) -> Any:
    """The import once it is in one of these states."""
    told = -1

    def look() -> Any:
        nonlocal told
        now = day.call("GET", path)
        if now.get("done") is not None and now["done"] > told + 2000:
            told = now["done"]
            print(f"   {now['state']}: {told:,} of {now.get('total') or 0:,}", flush=True)
        return now if now["state"] in states else None

    return day.wait("import ended", look, seconds)


def assign_round_robin(day: StackClient) -> None:
    """Parallel captures differ by one per owner at most."""
    day.step(f"{CAPTURES} people post a form, {AT_ONCE} at once, and are given out to {MEMBERS} sellers, round robin")
    members = [
        day.call(
            "POST",
            "/members",
            {"email": f"ventas{number}.{day.run}@clientela.example", "name": f"Ventas {number}", "role": "sales"},
            expect=201,
        )["user_id"]
        for number in range(MEMBERS)
    ]
    form = day.call(
        "POST",
        "/forms",
        {
            "name": f"Feria {day.run}",
            "throttle_per_minute": 6000,
            "source": f"feria-{day.run}",
            "fields": [{"name": "email", "type": "email", "required": True, "label": {"es": "Correo"}}],
        },
        expect=201,
    )
    rules = day.call("GET", "/assignment-rules")
    rule = {
        "name": f"Feria {day.run}",
        "enabled": True,
        "when": [{"field": "source", "op": "is", "value": f"feria-{day.run}"}],
        "strategy": "round_robin",
        "members": members,
    }
    day.call("PUT", "/assignment-rules", {"rules": [rule, *rules["rules"]], "version": rules["version"]})
    path = f"/forms/{form['form_key']}"
    tokens = [day.call("GET", path, key=False)["token"] for _ in range(CAPTURES)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        time.sleep(3.2)  # a token is good from its third second

        def post(number: int) -> int:
            values = {"email": f"visita{number}.{day.run}@example.com"}
            body = {"token": tokens[number], "values": values, "consents": [], "page": {"url": "https://example.com/"}}
            return day.http("POST", f"{day.api}{path}/submissions", body, key=False)[0]

        same("answers", Counter(pool.map(post, range(CAPTURES))), Counter({202: CAPTURES}))

    def owned() -> Any:
        found = [lead for member in members for lead in day.all(f"/leads?owner_id={member}")]
        return found if len(found) >= CAPTURES else None

    counts = Counter(lead["owner_id"] for lead in day.wait("all given out", owned, 120))
    print("   leads of each:", sorted(counts.values()))
    if max(counts.values()) - min(counts.values()) > 1 or sum(counts.values()) != CAPTURES:
        raise SystemExit(f"not round robin: {counts}")
    now = day.call("GET", "/assignment-rules")
    kept = [each for each in now["rules"] if each["name"] != rule["name"]]
    day.call("PUT", "/assignment-rules", {"rules": kept, "version": now["version"]})


def drag_together(day: StackClient) -> None:
    """No card is lost or doubled, and both see the same order."""
    day.step(f"Two sellers drag {CARDS} cards at once")
    pipeline = day.call(
        "POST",
        "/pipelines",
        {
            "name": f"Feria {day.run}",
            "stages": [
                {"id": "new", "name": "Nueva", "probability": 10},
                {"id": "talk", "name": "Hablando", "probability": 50},
                {"id": "offer", "name": "Oferta", "probability": 80},
            ],
        },
        expect=201,
    )
    stages = [stage["id"] for stage in pipeline["stages"]]

    def make(number: int) -> str:
        body = {"title": f"Tarjeta {number}", "amount": "100.00", "pipeline_id": pipeline["id"], "stage_id": stages[0]}
        return str(day.call("POST", "/deals", body, expect=201)["id"])

    with ThreadPoolExecutor(3) as pool:
        cards = list(pool.map(make, range(CARDS)))

    def seller(seed: int) -> int:
        chance = random.Random(seed)
        mine = chance.sample(cards, len(cards))
        conflicts = 0
        for card in mine:
            stage = chance.choice(stages)
            for _ in range(20):
                now = day.call("GET", f"/deals/{card}")
                body: dict[str, Any] = {"stage_id": stage, "version": now["version"]}
                there = [each["id"] for each in board(day, pipeline["id"])[stage] if each["id"] != card]
                if there:
                    body[chance.choice(["before_id", "after_id"])] = chance.choice(there)
                status, answer = day.http("POST", f"{day.api}/deals/{card}/move", body)
                if status == 200:
                    break
                if status not in (409, 422):
                    raise SystemExit(f"move answered {status}: {answer}")
                conflicts += 1
            else:
                raise SystemExit("a card could not be moved in twenty tries")
        return conflicts

    with ThreadPoolExecutor(2) as pool:
        conflicts = list(pool.map(seller, (1, 2)))
    print("   conflicts told and tried again:", sum(conflicts))
    first, second = (order(board(day, pipeline["id"])) for _ in range(2))
    same("cards on the board", len(first), CARDS)
    same("each card once", sorted(each for _, each in first) == sorted(cards), True)
    same("order for both", first == second, True)


def board(day: StackClient, pipeline_id: str) -> dict[str, list[Any]]:
    """Every stage's cards from top to bottom."""
    found: dict[str, list[Any]] = {}
    for column in day.call("GET", f"/pipelines/{pipeline_id}/board?limit=100")["columns"]:
        found[column["stage_id"]] = column["deals"]
    return found


def order(columns: dict[str, list[Any]]) -> list[tuple[str, str]]:
    """Where each card stands."""
    return [(stage, card["id"]) for stage, cards in columns.items() for card in cards]


def merge_and_part(day: StackClient) -> None:
    """Both records come back byte for byte."""
    day.step("Two contacts are merged, and parted again")
    first = contact(day, "Lucía", f"lucia.{day.run}@example.com", tags=["prensa"], city="Cádiz")
    other = contact(day, "Lucia", f"lucia.2.{day.run}@example.net", tags=["vip"], city="Sevilla")
    day.call("POST", f"/contacts/{other}/notes", {"text": "Prefiere las tardes"}, expect=201)
    settled(day, first, other)
    texts = [raw(day, each) for each in (first, other)]
    merged = day.call("POST", f"/contacts/{first}/merge", {"other_id": other, "choices": {"city": "other"}}, expect=201)
    now = day.call("GET", f"/contacts/{first}")
    same("addresses of the survivor", len(now["emails"]), 2)
    same("city chosen", now["city"], "Sevilla")
    same("the other is gone", day.http("GET", f"{day.api}/contacts/{other}")[0], 404)
    kinds = [each["kind"] for each in day.all(f"/contacts/{first}/timeline")]
    same("the other's note is there", "note" in kinds, True)
    status, answer = day.http("POST", f"{day.api}/merges/{merged['merge_id']}/undo", {})
    same("undo answered", status in (200, 201, 202), True)
    same("both as before, byte for byte", [raw(day, each) for each in (first, other)] == texts, True)
    del answer


def contact(day: StackClient, name: str, mail: str, **values: Any) -> str:
    """A new contact's id."""
    body = {"first_name": name, "last_name": "Ramírez", "emails": [{"address": mail}], **values}
    return str(day.call("POST", "/contacts", body, expect=201)["id"])


def settled(day: StackClient, *contact_ids: str) -> None:
    """Wait until scoring has had its say: it changes a contact seconds after it was made."""
    seen: list[str] = []

    def calm() -> bool:
        seen.append(json.dumps([day.call("GET", f"/contacts/{each}") for each in contact_ids]))
        return len(seen) > 12 and len(set(seen[-12:])) == 1

    day.wait("scored", calm, 60)


def raw(day: StackClient, contact_id: str) -> bytes:
    """A contact as the API sends it."""
    headers = {"Authorization": f"Bearer {day.stack['api_key']}"}
    status, content, _ = day.send("GET", f"{day.api}/contacts/{contact_id}", None, headers)
    if status != 200:
        raise SystemExit(f"GET /contacts/{contact_id} answered {status}")
    return content


def erase_for_good(day: StackClient) -> None:
    """Nothing anybody can ask for still knows the person."""
    canary = f"canario{day.run}"
    day.step("A person is erased")
    person = contact(
        day,
        canary,
        f"{canary}@example.com",
        last_name=canary,
        city=canary,
        job_title=canary,
        tags=[canary],
        interests=[canary],
    )
    day.call("POST", f"/contacts/{person}/notes", {"text": f"Nota sobre {canary}"}, expect=201)
    lead = day.call("POST", "/leads", {"contact_id": person}, expect=201)
    task = {"title": f"Llamar a {canary}", "contact_id": person, "about": {"kind": "contact", "id": person}}
    day.call("POST", "/tasks", task, expect=201)
    day.call("POST", "/deals", {"title": f"Venta a {canary}", "amount": "10.00", "contact_id": person}, expect=201)
    search = f"/search?q={canary}"
    day.wait("found by search", lambda: len(day.call("GET", search)["items"]) >= 2, 30)
    status, job = day.http("POST", f"{day.api}/contacts/{person}/erase", {})
    same("erase answered", status, 202)
    day.job(job, 120)
    same("contact", day.http("GET", f"{day.api}/contacts/{person}")[0], 404)
    same("lead", day.http("GET", f"{day.api}/leads/{lead['id']}")[0], 404)
    day.wait("search finds nothing", lambda: not day.call("GET", search)["items"], 30)
    looks: dict[str, Callable[[], Any]] = {
        "contacts": lambda: day.all("/contacts"),
        "leads": lambda: day.all("/leads"),
        "deals": lambda: day.all("/deals"),
        "tasks": lambda: day.all("/tasks"),
        "audit": lambda: day.all("/audit?day=" + time.strftime("%Y-%m-%d", time.gmtime())),
        "deleted contacts": lambda: day.all("/contacts?deleted=true"),
    }
    for name, look in looks.items():
        same(f"hits in {name}", json.dumps(look(), ensure_ascii=False).count(canary), 0)
    print("   canary:", canary)


if __name__ == "__main__":
    main()
