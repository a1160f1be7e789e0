"""What may be chosen of a campaign, through the API: kept as it was given, and refused by the field that is wrong."""

import pytest

BODY = {"format": "html", "source": '<p><a href="https://shop.example/es">Hola</a></p>'}
ENGLISH = {
    "format": "html",
    "source": '<p><a href="https://shop.example/en">Hi</a> <a href="https://shop.example/es">x</a></p>',
}
TEST = {
    "what": "subject", "share": 20, "winner_by": "clicks", "after_minutes": 120,
    "variants": [{"subject": "Dos", "translations": {"en": {"subject": "Two"}}}],
}  # fmt: skip
CHOICES = {
    "template_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "translations": {"en": {"subject": "One", "preheader": "Hey", "body": ENGLISH}},
    "delivery": {
        "mode": "together", "window": {"from": "09:00", "to": "18:00", "days": [1, 5]}, "per_hour": 500, "warm_up": True,
    },
    "recurrence": {
        "every": "month", "interval": 2, "at": "08:30", "time_zone": "America/Bogota", "days": [1, 31], "until": "2027-06-30",
    },
    "goal": {"kind": "page", "url": "https://shop.example/thanks", "days": 7, "value": {"amount": "12.5", "currency": "EUR"}},
    "topic": "news",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _topics(client, workspace):
    topic = {"key": "news", "name": {"es": "Noticias", "en": "News"}}
    assert client.request("PUT", "/preference-topics", {"topics": [topic], "version": 0}, **workspace.key).status == 200


def create(client, workspace, **changes):
    body = {"name": "x", "subject": "Uno", "body": BODY, "language": "es"} | changes
    return client.post("/campaigns", body, **workspace.key)


def test_choices_are_kept_as_they_were_given(client, workspace):
    made = create(client, workspace, **CHOICES, ab_test=TEST)
    assert made.status == 201, made.text
    shown = client.get(f"/campaigns/{made['id']}", **workspace.key)
    for name, value in CHOICES.items():
        assert shown[name] == value
    variant = {"subject": "Dos", "preheader": "", "body": None}
    english = {"subject": "Two", "preheader": "", "body": None}
    assert shown["ab_test"] == TEST | {"variants": [variant | {"translations": {"en": english}}]}
    assert (shown["ab"], shown["occurrences"], shown["resend_of"]) == (None, None, "")


def test_a_list_leaves_bodies_out(client, workspace):
    create(client, workspace, **CHOICES)
    first = client.get("/campaigns", **workspace.key)["items"][0]
    assert (first["body"], first["translations"]["en"]["body"]) == (None, None)
    assert first["translations"]["en"]["subject"] == "One"


def test_what_is_not_named_stays_and_null_takes_away(client, workspace):
    made = create(client, workspace, **CHOICES, ab_test=TEST)
    changed = client.patch(f"/campaigns/{made['id']}", {"name": "y", "version": 1}, **workspace.key)
    assert {name: changed[name] for name in CHOICES} == CHOICES
    assert changed["ab_test"]["variants"][0]["translations"]["en"]["subject"] == "Two"
    bare = {"ab_test": None, "recurrence": None, "goal": None, "translations": {}, "delivery": {}, "version": 2}
    changed = client.patch(f"/campaigns/{made['id']}", bare, **workspace.key)
    assert (changed["ab_test"], changed["recurrence"], changed["goal"], changed["translations"]) == (
        None,
        None,
        None,
        {},
    )
    assert changed["delivery"] == {"mode": "together", "window": None, "per_hour": None, "warm_up": False}


def test_a_copy_says_the_same_in_every_language(client, workspace):
    made = create(client, workspace, **CHOICES, ab_test=TEST)
    clone = client.post(f"/campaigns/{made['id']}/clone", **workspace.key)
    assert {name: clone[name] for name in CHOICES} == CHOICES
    assert clone["name"] == "x (copia)"


def test_a_topic_is_asked_for_when_it_is_chosen(client, workspace):
    made = create(client, workspace, topic="news")
    place = f"/campaigns/{made['id']}"
    wrong = client.patch(place, {"topic": "gossip", "version": 1}, **workspace.key)
    assert (wrong.status, wrong["errors"][0]["field"], wrong["errors"][0]["code"]) == (422, "topic", "not_found")
    assert client.request("PUT", "/preference-topics", {"topics": [], "version": 1}, **workspace.key).status == 200
    renamed = client.patch(place, {"name": "y", "topic": "news", "version": 1}, **workspace.key)
    assert (renamed.status, renamed["topic"]) == (200, "news")
    assert client.post(f"{place}/clone", **workspace.key)["topic"] == "news"
    assert client.patch(place, {"topic": "", "version": 2}, **workspace.key)["topic"] == ""
    assert client.patch(place, {"topic": "news", "version": 3}, **workspace.key).status == 422


def test_what_only_matters_when_sent_is_said(client, workspace):
    variants = [{"subject": "", "translations": {}}]
    made = create(client, workspace, translations=CHOICES["translations"], ab_test=TEST | {"variants": variants})
    said = {notice["field"]: notice["code"] for notice in made["warnings"] if notice["blocking"]}
    assert said["ab_test.variants.0.subject"] == "subject_missing"
    assert said["ab_test.variants.0.translations.en"] == "variant_language_missing"
    sent = client.post(f"/campaigns/{made['id']}/send", {}, **workspace.key)
    assert sent.status == 422
    assert "ab_test.variants.0.subject" in [error["field"] for error in sent["errors"]]


def test_local_time_needs_a_time(client, workspace):
    client.patch("/workspace", {"postal_address": "Calle 1", "version": 1}, **workspace.key)
    segment = client.post("/segments", {"name": "One", "kind": "static"}, **workspace.key)
    choices = {
        "delivery": {"mode": "local_time"},
        "segment_ids": [segment["id"]],
        "from": {"name": "a", "email": "a@acme.example"},
    }
    made = create(client, workspace, **choices)
    assert made.status == 201, made.text
    reply = client.post(f"/campaigns/{made['id']}/send", {}, **workspace.key)
    assert (reply.status, reply["errors"][0]["field"]) == (422, "at"), reply.text


BIG = {"format": "html", "source": "<p>" + "x" * 120_000 + "</p>"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"exclude_segment_ids": ["01ARZ3NDEKTSV4RRFFQ69G5FAV"]}, "exclude_segment_ids.0"),
        ({"exclude_segment_ids": ["x"] * 21}, "exclude_segment_ids"),
        ({"translations": {"es": CHOICES["translations"]["en"]}}, "translations.es"),
        ({"translations": {"EN": CHOICES["translations"]["en"]}}, "translations.EN.[key]"),
        ({"translations": {"en": {"subject": "x"}}}, "translations.en.body"),
        ({"translations": {"en": {"subject": "{{ x }}", "body": BODY}}}, "translations.en.subject"),
        ({"translations": {"en": {"subject": "x", "body": {"format": "html", "source": "{{ x }}"}}}}, "translations.en.body.source"),
        ({"translations": {tag: {"subject": "x", "body": BIG} for tag in ("en", "fr", "de", "it", "pt")}}, "body"),
        ({"delivery": {"mode": "sometimes"}}, "delivery.mode"),
        ({"delivery": {"per_hour": 0}}, "delivery.per_hour"),
        ({"delivery": {"window": {"from": "9:00", "to": "18:00"}}}, "delivery.window.from"),
        ({"delivery": {"window": {"from": "18:00", "to": "09:00"}}}, "delivery.window.to"),
        ({"delivery": {"window": {"from": "09:00", "to": "18:00", "days": [8]}}}, "delivery.window.days.0"),
        ({"delivery": {"window": {"from": "09:00", "to": "18:00", "days": [1, 1]}}}, "delivery.window.days"),
        ({"ab_test": TEST | {"share": 60}}, "ab_test.share"),
        ({"ab_test": TEST | {"variants": []}}, "ab_test.variants"),
        ({"ab_test": TEST | {"after_minutes": 5}}, "ab_test.after_minutes"),
        ({"ab_test": TEST}, "ab_test.variants.0.translations.en"),
        ({"ab_test": TEST | {"variants": [{"subject": "x", "body": BODY}]}}, "ab_test.variants.0.body"),
        ({"ab_test": TEST | {"variants": [{"subject": "{{ x }}"}]}}, "ab_test.variants.0.subject"),
        ({"ab_test": TEST | {"what": "body", "variants": [{"subject": "x"}]}}, "ab_test.variants.0.body"),
        ({"recurrence": {"every": "week", "at": "10:00", "time_zone": "Europe/Madrid"}}, "recurrence.days"),
        ({"recurrence": {"every": "day", "at": "10:00", "time_zone": "Europe/Madrid", "days": [1]}}, "recurrence.days"),
        ({"recurrence": {"every": "week", "at": "10:00", "time_zone": "Europe/Madrid", "days": [8]}}, "recurrence.days.0"),
        ({"recurrence": {"every": "day", "at": "10:00", "time_zone": "Mars/Base"}}, "recurrence.time_zone"),
        ({"recurrence": {"every": "day", "at": "25:00", "time_zone": "UTC"}}, "recurrence.at"),
        ({"goal": {"kind": "page"}}, "goal.url"),
        ({"goal": {"kind": "deal", "url": "https://shop.example"}}, "goal.url"),
        ({"goal": {"kind": "page", "url": "javascript:x"}}, "goal.url"),
        ({"goal": {"kind": "deal", "value": {"amount": "-1", "currency": "EUR"}}}, "goal.value.amount"),
        ({"body": {"format": "pdf", "source": "x"}}, "body.format"),
        ({"resend_of": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}, "resend_of"),
        ({"ab": {"winner": 1}}, "ab"),
        ({"occurrence_of": "x"}, "occurrence_of"),
        ({"topic": "gossip"}, "topic"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(client, workspace, change, field):
    reply = create(client, workspace, **change)
    assert reply.status == 422, reply.text
    assert field in [error["field"] for error in reply["errors"]]


def test_nobody_is_both_in_and_out(client, workspace):
    segment = client.post("/segments", {"name": "One", "kind": "static"}, **workspace.key)
    reply = create(client, workspace, segment_ids=[segment["id"]], exclude_segment_ids=[segment["id"]])
    assert reply["errors"] == [
        {"field": "exclude_segment_ids.0", "message": "A segment is either in the audience or left out of it.", "code": "both"}
    ]  # fmt: skip
