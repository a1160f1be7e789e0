"""Templates, looking at mails, the gallery and the brand kit through the API."""

import json

import pytest

from chalicelib.marketing.templates import checks
from chalicelib.workspaces.settings import service as settings
from tests.api.conftest import Api, World

TEXT = {"type": "text", "html": "<p>Hola {{ contact.first_name | default('amigo') }}</p>"}


def blocks(*given, **more):
    return {"format": "blocks", "source": json.dumps({"version": 1, "blocks": list(given) or [TEXT], **more})}


def make(client, workspace, **values):
    reply = client.post("/templates", {"name": "One", "subject": "Hello", "body": blocks(), **values}, **workspace.key)
    assert reply.status == 201, reply.text
    return reply


def errors(reply):
    return {(error["field"], error["code"]) for error in reply["errors"]}


class TestTemplates:
    def test_made_listed_changed_deleted(self, client: Api, workspace: World):
        made = make(client, workspace, preheader="Soon", language="en")
        assert made.headers["location"] == f"/api/v1/templates/{made['id']}"
        assert made["format"] == "blocks"
        assert made["size"] > 1000
        (listed,) = client.get("/templates", **workspace.key)["items"]
        assert (listed["id"], listed["name"], listed["body"]) == (made["id"], "One", None)
        path = f"/templates/{made['id']}"
        got = client.get(path, **workspace.key)
        assert got["body"] == made["body"]
        assert got["preheader"] == "Soon"
        changed = client.patch(path, {"version": 1, "name": "Two", "subject": "Bye"}, **workspace.key)
        assert (changed["name"], changed["subject"], changed["preheader"], changed["version"]) == (
            "Two",
            "Bye",
            "Soon",
            2,
        )
        late = client.patch(path, {"version": 1, "name": "Three"}, **workspace.key)
        assert late.status == 409
        assert late["current"]["name"] == "Two"
        assert client.delete(path, **workspace.key).status == 204
        assert client.get(path, **workspace.key).status == 404
        assert client.get(f"{path}/versions", **workspace.key).status == 404
        assert client.get(f"{path}/versions/1", **workspace.key).status == 404
        assert client.get("/templates", **workspace.key)["items"] == []
        assert client.post(f"{path}/restore", **workspace.viewer).status == 403
        back = client.post(f"{path}/restore", **workspace.key)
        assert (back.status, back["name"], back["version"], back["body"]) == (200, "Two", 2, made["body"])
        assert [each["id"] for each in client.get("/templates", **workspace.key)["items"]] == [made["id"]]
        assert [each["number"] for each in client.get(f"{path}/versions", **workspace.key)["items"]] == [2, 1]
        again = client.post(f"{path}/versions/1/restore", {"version": 2}, **workspace.key)
        assert (again["name"], again["version"]) == ("One", 3)

    def test_every_version_can_be_seen_and_restored(self, client: Api, workspace: World):
        made = make(client, workspace)
        path = f"/templates/{made['id']}"
        client.patch(path, {"version": 1, "body": blocks({"type": "heading", "text": "Nuevo"})}, **workspace.key)
        client.patch(
            path, {"version": 2, "name": "Last", "body": {"format": "text", "source": "Plain"}}, **workspace.key
        )
        listed = client.get(f"{path}/versions", **workspace.key)["items"]
        assert [(each["number"], each["name"], each["format"]) for each in listed] == [
            (3, "Last", "text"), (2, "One", "blocks"), (1, "One", "blocks"),
        ]  # fmt: skip
        assert client.get(f"{path}/versions/1", **workspace.key)["body"] == made["body"]
        assert client.get(f"{path}/versions/9", **workspace.key).status == 404
        assert client.get(f"{path}/versions/x", **workspace.key).status == 404
        assert client.post(f"{path}/versions/1/restore", {"version": 1}, **workspace.key).status == 409
        restored = client.post(f"{path}/versions/1/restore", {"version": 3}, **workspace.key)
        assert (restored["version"], restored["name"], restored["body"]) == (4, "One", made["body"])
        first = client.get(f"{path}/versions", query={"limit": 3}, **workspace.key)
        rest = client.get(f"{path}/versions", query={"limit": 3, "cursor": first["next_cursor"]}, **workspace.key)
        assert [each["number"] for each in first["items"] + rest["items"]] == [4, 3, 2, 1]

    def test_the_oldest_of_too_many_versions_goes(self, client: Api, workspace: World, monkeypatch):
        monkeypatch.setattr("chalicelib.marketing.templates.store.VERSIONS_KEPT", 3)
        path = f"/templates/{make(client, workspace)['id']}"
        for version in range(1, 5):
            assert client.patch(path, {"version": version, "name": f"N{version}"}, **workspace.key).status == 200
        listed = client.get(f"{path}/versions", **workspace.key)["items"]
        assert [each["number"] for each in listed] == [5, 4, 3]

    def test_languages(self, client: Api, workspace: World):
        english = {
            "subject": "Hi",
            "body": {"format": "html", "source": "<p>Hi {{ contact.city | default('you') }}</p>"},
        }
        made = make(client, workspace, language="es", translations={"en": english})
        assert made["languages"] == ["es", "en"]
        assert made["translations"]["en"]["subject"] == "Hi"
        seen = client.post("/templates/preview", {"template_id": made["id"], "language": "en"}, **workspace.key)
        assert (seen["subject"], seen["language"]) == ("Hi", "en")
        assert "Hi Bristol" in seen["text"]
        ana = client.post("/contacts", {"first_name": "Ana", "language": "en", "city": "Leeds"}, **workspace.key)
        seen = client.post("/templates/preview", {"template_id": made["id"], "contact_id": ana["id"]}, **workspace.key)
        assert "Hi Leeds" in seen["text"]
        alone = client.patch(f"/templates/{made['id']}", {"version": 1, "translations": {}}, **workspace.key)
        assert alone["languages"] == ["es"]
        own = client.patch(f"/templates/{made['id']}", {"version": 2, "translations": {"es": english}}, **workspace.key)
        assert errors(own) == {("translations.es", "own_language")}
        broken = {"en": {"body": blocks({"type": "button", "text": "x", "href": "x"})}}
        refused = client.patch(f"/templates/{made['id']}", {"version": 2, "translations": broken}, **workspace.key)
        assert errors(refused) == {("translations.en.body.blocks.0.href", "link")}

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"format": "html", "source": "<p>{{ contact.secret }}</p>"}, "body.source"),
            ({"format": "html", "source": "<p>{% for x in contact.tags %}</p>"}, "body.source"),
            ({"format": "html", "source": "{% for a in contact.tags %}" + "x" * 20_000 + "{% endfor %}"}, "body.source"),
            ({"format": "html", "source": "<p>{{ ''.__class__.__mro__ }}</p>"}, "body.source"),
            ({"format": "mjml", "source": "<mjml><mj-body>"}, "body.source"),
            ({"format": "blocks", "source": "nothing"}, "body.source"),
            (blocks({"type": "text", "html": "{{ contact.first_name"}), "body.blocks.0.html"),
            ({"format": "word", "source": "x"}, "body.format"),
        ],
    )  # fmt: skip
    def test_what_does_not_compile_is_refused_with_its_place(self, client: Api, workspace: World, body, field):
        for reply in (
            client.post("/templates", {"name": "x", "body": body}, **workspace.key),
            client.post("/templates/check", {"body": body}, **workspace.key),
            client.post("/templates/preview", {"body": body}, **workspace.key),
        ):
            assert reply.status == 422
            assert field in {error["field"] for error in reply["errors"]}

    def test_the_line_is_said(self, client: Api, workspace: World):
        reply = client.post(
            "/templates/check", {"body": {"format": "html", "source": "<p>\n\n{{ nothing }}</p>"}}, **workspace.key
        )
        assert reply["errors"][0]["message"].startswith("Line 3: there is no nothing")

    def test_readers_look_and_do_not_write(self, client: Api, workspace: World):
        made = make(client, workspace)
        path = f"/templates/{made['id']}"
        assert client.get(path).status == 401
        assert client.get(path, **workspace.viewer).status == 200
        assert client.post("/templates/check", {"template_id": made["id"]}, **workspace.viewer).status == 200
        assert client.delete(path, **workspace.viewer).status == 403
        assert (
            client.post("/templates/test", {"template_id": made["id"], "to": "a@b.example"}, **workspace.viewer).status
            == 403
        )
        assert client.put("/brand", {"version": 0}, **workspace.viewer).status == 403

    def test_another_workspaces_template_does_not_exist(self, client: Api, workspace: World, other_workspace: World):
        made = make(client, workspace)
        assert client.get(f"/templates/{made['id']}", **other_workspace.key).status == 404
        assert client.post("/templates/preview", {"template_id": made["id"]}, **other_workspace.key).status == 404


class TestLooking:
    def test_custom_fields_dates_and_money(self, client: Api, workspace: World):
        field = client.post("/fields", {"kind": "contact", "name": "Saldo", "type": "money"}, **workspace.key)
        key = field["key"]
        ana = client.post(
            "/contacts",
            {"first_name": "ANA", "custom": {key: {"amount": "1200.5", "currency": "EUR"}}},
            **workspace.key,
        )
        source = (
            "{{ contact.first_name | name }}: {{ contact.custom." + key + " | money }}, {{ today | date('day_month') }}"
        )
        body = {"body": {"format": "text", "source": source}, "contact_id": ana["id"], "language": "es"}
        seen = client.post("/templates/preview", body, **workspace.key)
        assert seen.status == 200, seen.text
        assert seen["text"].startswith("Ana: 1200,50 €, ")
        assert client.post("/templates/preview", body | {"contact_id": ""}, **workspace.key)["text"].startswith(
            "Lucía: ,"
        )

    def test_notices_in_the_callers_language(self, client: Api, workspace: World):
        body = {"subject": "GANA DINERO!!", "body": blocks({"type": "image", "src": "http://localhost/x.png"})}
        found = {}
        for language in ("es", "en"):
            reply = client.post(
                "/templates/check", body, headers=workspace.key["headers"] | {"Accept-Language": language}
            )
            assert reply.status == 200, reply.text
            found[language] = {each["code"]: each for each in reply["warnings"]}
        assert {"image_no_alt", "image_local", "spam_word", "subject_shouting", "preheader_missing"} <= set(found["es"])
        assert found["es"]["image_local"]["field"] == "body.blocks.0.src"
        assert found["es"]["image_local"]["severity"] == "error"
        assert "tu propio ordenador" in found["es"]["image_local"]["message"]
        assert "your own computer" in found["en"]["image_local"]["message"]
        assert found["en"]["spam_word"]["params"]["word"] == "GANA DINERO"

    def test_neither_a_body_nor_a_template(self, client: Api, workspace: World):
        assert errors(client.post("/templates/preview", {}, **workspace.key)) == {("body", "missing")}

    def test_a_test_goes_to_one_address_with_links_that_lead_there(self, client: Api, workspace: World):
        settings.change_workspace(
            table=client.runtime.table, clock=client.runtime.clock, workspace_id=workspace.id, version=1,
            changes={"sender_email": "hola@acme.example"}, changed_by="test",
        )  # fmt: skip
        body = {
            "body": blocks({"type": "button", "text": "Go", "href": "https://shop.example/x"}),
            "subject": "Try",
            "to": "eva@acme.example",
        }
        reply = client.post("/templates/test", body, **workspace.key)
        assert (reply.status, reply["to"]) == (202, "eva@acme.example")
        (sent,) = client.runtime.mailer.sent
        assert sent[:2] == ("hola@acme.example", "eva@acme.example")
        text = sent[2].decode().replace("=\r\n", "")
        assert "https://shop.example/x" in text
        assert "/u/preview" in text
        assert client.post("/templates/test", body | {"to": "nobody"}, **workspace.key).status == 422


class TestGallery:
    @pytest.mark.parametrize("language", ["es", "en"])
    def test_all_eight_can_be_begun_with(self, client: Api, workspace: World, language):
        gallery = client.get("/templates/gallery", query={"language": language}, **workspace.key)
        assert len({each["key"] for each in gallery["items"]}) == 8
        for item in gallery["items"]:
            given = {name: item[name] for name in ("name", "subject", "preheader", "body")}
            made = client.post("/templates", given | {"language": language}, **workspace.key)
            assert made.status == 201, made.text
            found = {each["code"] for each in made["warnings"]}
            assert not found & {"spam_word", "image_no_alt", "big_mail", "images_many", "subject_long", "subject_shouting",
                                "fallback_missing", "link_broken", "preheader_missing"}, (item["key"], made["warnings"])  # fmt: skip
            seen = client.post("/templates/preview", {"template_id": made["id"]}, **workspace.key)
            assert "{{" not in seen["html"] + seen["text"] + seen["subject"]
            assert "asset:" not in seen["html"]

    def test_the_languages_differ_and_the_shape_does_not(self, client: Api, workspace: World):
        spanish, english = (
            client.get("/templates/gallery", query={"language": each}, **workspace.key)["items"]
            for each in ("es", "en")
        )
        for one, other in zip(spanish, english, strict=True):
            assert one["key"] == other["key"]
            assert one["name"] != other["name"] or one["description"] != other["description"]
            kinds = [[block["type"] for block in json.loads(each["body"]["source"])["blocks"]] for each in (one, other)]
            assert kinds[0] == kinds[1]

    def test_what_an_editor_offers(self, client: Api, workspace: World):
        client.post("/fields", {"kind": "contact", "name": "Plan", "type": "text"}, **workspace.key)
        gallery = client.get("/templates/gallery", query={"language": "es"}, **workspace.key)
        offered = {each["name"]: each for each in gallery["placeholders"]}
        assert offered["contact.custom.plan"] == {"name": "contact.custom.plan", "kind": "text", "label": "Plan"}
        assert offered["contact.first_name"]["label"] == "Nombre"
        for name, each in offered.items():
            source = (
                f"{{% for x in {name} %}}{{{{ x }}}}{{% endfor %}}" if each["kind"] == "list" else f"{{{{ {name} }}}}"
            )
            reply = client.post("/templates/check", {"body": {"format": "text", "source": source}}, **workspace.key)
            assert reply.status == 200, reply.text


class TestBrand:
    def test_defaults_until_somebody_chooses(self, client: Api, workspace: World):
        brand = client.get("/brand", **workspace.key)
        assert brand["version"] == 0
        assert brand["colors"]["primary"].startswith("#")
        assert brand["notices"] == []

    def test_kept_and_used(self, client: Api, workspace: World):
        kit = {
            "version": 0, "logo_url": "https://acme.example/logo.png", "logo_alt": "Acme", "colors": {"primary": "#FFEE00"},
            "footer_text": "<p>Gracias, {{ workspace.name }}</p>", "social": [{"network": "x", "href": "https://x.com/acme"}],
        }  # fmt: skip
        kept = client.put("/brand", kit, **workspace.key)
        assert (kept.status, kept["version"], kept["colors"]["primary"]) == (200, 1, "#ffee00")
        assert [each["code"] for each in kept["notices"]] == ["contrast_low"]
        assert client.put("/brand", kit, **workspace.key).status == 409
        assert client.put("/brand", kit | {"version": 1, "radius": 0}, **workspace.key)["version"] == 2
        body = blocks({"type": "image", "src": "brand.logo"}, {"type": "button", "text": "x", "href": "https://a.example/"},
                      {"type": "social"}, {"type": "footer"})  # fmt: skip
        seen = client.post("/templates/preview", {"body": body}, **workspace.key)
        for piece in ("https://acme.example/logo.png", "#ffee00", "https://x.com/acme", "Gracias, "):
            assert piece in seen["html"]

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"colors": {"primary": "red"}}, "colors.primary"),
            ({"colors": {"accent": "#000000"}}, "colors.accent"),
            ({"font": "comic"}, "font"),
            ({"logo_url": "javascript:alert(1)"}, "logo_url"),
            ({"logo_url": "https://a.example/{{ x }}"}, "logo_url"),
            ({"logo_width": 4000}, "logo_width"),
            ({"footer_text": "{{ contact.secret }}"}, "footer_text"),
            ({"social": [{"network": "x", "href": "x"}]}, "social.0.href"),
            ({"social": [{"network": "myspace", "href": "https://m.example"}]}, "social.0.network"),
        ],
    )
    def test_what_cannot_stand_in_a_mail(self, client: Api, workspace: World, change, field):
        reply = client.put("/brand", {"version": 0, **change}, **workspace.key)
        assert reply.status == 422
        assert field in {error["field"] for error in reply["errors"]}


def test_campaigns_take_blocks_and_the_brand(client: Api, workspace: World):
    client.put("/brand", {"version": 0, "colors": {"primary": "#123456"}}, **workspace.key)
    button = {"type": "button", "text": "x", "href": "https://a.example/"}
    reply = client.post("/campaigns", {"name": "x", "subject": "y", "body": blocks(button)}, **workspace.key)
    assert reply.status == 201, reply.text
    assert reply["body_format"] == "blocks"
    assert "#123456" in client.post(f"/campaigns/{reply['id']}/preview", {}, **workspace.key)["html"]
    wrong = client.post(
        "/campaigns", {"name": "x", "subject": "y", "body": blocks({**button, "href": "x"})}, **workspace.key
    )
    assert errors(wrong) == {("body.blocks.0.href", "link")}


def test_every_notice_has_words(client: Api, workspace: World):
    from chalicelib.marketing.templates.words import NOTICES

    assert all(spanish and english and spanish != english for spanish, english in NOTICES.values())
    assert set(checks.SPAM_WORDS) == {word.lower() for word in checks.SPAM_WORDS}
