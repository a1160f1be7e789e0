"""Single mails: what is refused at once, what the protocol does when functions die, and what is left of a person."""

import email
import itertools
import json
from email.policy import default

import pytest
from pydantic import ValidationError

from chalicelib.customers.consent import service as consent
from chalicelib.customers.contacts import service as contacts
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.ids import new_id
from chalicelib.foundation.mail import MailDeferredError, MailRefusedError, MailUnknownError
from chalicelib.foundation.table import Table
from chalicelib.marketing.messages import consumers, sender, service
from chalicelib.marketing.messages.domain import ATTACHED_LIMIT, State
from chalicelib.marketing.messages.erasure import ERASURE
from chalicelib.marketing.messages.schemas import MessageIn
from chalicelib.marketing.messages.service import Attached
from chalicelib.marketing.messages.writing import Text, _shown
from chalicelib.marketing.preferences import centre
from chalicelib.marketing.sending import service as sending
from chalicelib.marketing.templates import service as templates
from chalicelib.marketing.templates.domain import Wording
from tests.contract.marketing.campaign_world import World
from tests.helpers import NOON
from tests.memory_dynamodb import MemoryDynamoDB

HELLO = Text("Pedido {{ data.number }}", "html", "<p>Hola {{ data.name }}: <b>{{ data.total }}</b></p>")
DATA = {"number": "A-1", "name": "<Ana>", "total": "12,50 €"}


class Killed(BaseException):
    """The function ended."""


class Mails:
    """SES: what it took is what counts."""

    def __init__(self):
        self.taken = []
        self.fate = []
        self.step = lambda: None

    def send(self, *, source, recipient, mime, tags=None):
        self.step()
        fate = self.fate.pop(0) if self.fate else None
        if isinstance(fate, (MailDeferredError, MailRefusedError)) or fate == "lost before":
            raise MailUnknownError("no answer") if fate == "lost before" else fate
        self.taken.append((source, recipient, mime, dict(tags)))
        self.step()
        if fate == "lost after":
            raise MailUnknownError("no answer")
        return f"provider-{len(self.taken)}"


@pytest.fixture
def world():
    return made()


def made():
    world = World(Table(MemoryDynamoDB(), "t"), people=1)
    world.mails = world.runtime.__dict__["transactional_mailer"] = Mails()
    return world


def order(world, **more):
    given = {"message_id": new_id(world.clock.now()), "to": "p0@example.com", "text": HELLO, "data": DATA} | more
    return service.order(runtime=world.runtime, workspace_id=world.id, **given)


def drain(world):
    for queue, envelope, _ in world.take():
        assert queue == "messages"
        consumers.handle(world.runtime, envelope)


def state(world, message):
    return service.get_message(table=world.table, workspace_id=world.id, message_id=message.id)


def suppress(world, reason, address="p0@example.com"):
    consent.suppress(
        table=world.table,
        clock=world.clock,
        signer=world.runtime.signer,
        workspace_id=world.id,
        email=address,
        reason=reason,
    )


def event(world, message, kind, *, tags=True, **detail):
    now = to_text(world.clock.now())
    mail = {
        "timestamp": now,
        "messageId": state(world, message).message_id or "provider-9",
        "destination": [message.to],
    }
    if tags:
        mail["tags"] = {
            "workspace": [world.id], "message": [message.id], "attempt": ["1"], "purpose": ["message"],
        }  # fmt: skip
    body = {"timestamp": now, "bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": message.to}], **detail}
    consumers.apply_delivery_event(
        world.runtime, json.dumps({"eventType" if tags else "notificationType": kind, "mail": mail, kind.lower(): body})
    )


class TestOrdering:
    def test_it_arrives_whole(self, world):
        message = order(world, attachments=[Attached("factura.pdf", "application/pdf", b"%PDF-1.7")])
        drain(world)
        [(source, recipient, mime, tags)] = world.mails.taken
        parsed = email.message_from_bytes(mime, policy=default)
        assert (source, recipient) == ("hola@ceiba.example", "p0@example.com")
        assert parsed["Subject"] == "Pedido A-1"
        assert parsed["Message-ID"] == f"<{message.id}@ceiba.example>"
        assert parsed["List-Unsubscribe"] is None
        page = parsed.get_body(("html",)).get_content()
        assert "Hola &lt;Ana&gt;: <b>12,50 €</b>" in page
        assert "<img" not in page
        assert "/u/" not in page
        assert "12,50 €" in parsed.get_body(("plain",)).get_content()
        [attached] = list(parsed.iter_attachments())
        assert (attached.get_filename(), attached.get_content()) == ("factura.pdf", b"%PDF-1.7")
        assert tags == {"workspace": world.id, "message": message.id, "attempt": "1", "purpose": "message"}
        assert state(world, message).state is State.SENT

    @pytest.mark.parametrize("kind", ["message/rfc822", "message/delivery-status", "multipart/mixed"])
    def test_a_mail_in_a_mail_is_a_file(self, world, kind):
        order(world, attachments=[Attached("report.eml", kind, b"Subject: x\n\ny")])
        drain(world)
        [attached] = email.message_from_bytes(world.mails.taken[0][2], policy=default).iter_attachments()
        assert (attached.get_content_type(), attached.get_content()) == ("application/octet-stream", b"Subject: x\n\ny")

    def test_data_are_shown_as_they_were_given(self):
        given = {"a": "no", "b": "08001", "c": "1.50", "d": True, "e": False, "f": 7, "g": 12.0, "h": 1.25}
        asked = MessageIn.model_validate_json(json.dumps({"to": "a@x.example", "template_id": "T", "data": given}))
        shown = {name: _shown(value) for name, value in asked.data.items()}
        assert shown == {
            "a": "no", "b": "08001", "c": "1.50", "d": "✓", "e": "", "f": "7", "g": "12", "h": "1.25",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"data": {"a": None}}, "data"),
            ({"data": {"a": float("inf")}}, "data"),
            ({"data": {"a": [1]}}, "data"),
            ({"attachments": [{"name": "a", "content": "_-__YQ=="}]}, "attachments"),
            ({"attachments": [{"name": "a", "content": "no base64!"}]}, "attachments"),
        ],
    )
    def test_what_cannot_be_read_is_refused(self, change, field):
        with pytest.raises(ValidationError) as error:
            MessageIn.model_validate_json(json.dumps({"to": "a@x.example", "template_id": "T", **change}))
        assert error.value.errors()[0]["loc"][0] == field

    def test_the_same_order_again_is_the_same_mail(self, world):
        message_id = new_id(NOON)
        order(world, message_id=message_id)
        order(world, message_id=message_id, text=Text("Otra", "text", "x"))
        drain(world)
        assert len(world.mails.taken) == 1

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"to": "nobody"}, "to"),
            (
                {"data": DATA | {"name": ["x" * 5000] * 50}, "text": Text("a", "html", "{{ data.name }}" * 130)},
                "body.source",
            ),
            ({"text": Text("Hola", "html", "<p>{{ data.missing }}</p>")}, "body.source"),
            ({"text": Text("{{ data.name.__class__ }}", "html", "<p>x</p>")}, "subject"),
            ({"text": Text("Hola", "html", "{% for a in data.number %}{% endfor %}")}, "body.source"),
            ({"text": Text("", "html", "<p>x</p>")}, "subject"),
            ({"text": Text("Hola", "mjml", "<mjml><mj-body>")}, "body.source"),
            ({"data": {"Not a name": "x"}}, "data.Not a name"),
            ({"data": {**DATA, "long": "x" * 5001}}, "data.long"),
            ({"attachments": [Attached("a", content=b"x" * (ATTACHED_LIMIT + 1))]}, "attachments.0"),
            ({"attachments": [Attached(file_id=new_id(NOON))]}, "attachments.0.file_id"),
            ({"purpose": "newsletter"}, "purpose"),
        ],
    )
    def test_what_is_wrong_is_named(self, world, change, field):
        with pytest.raises(InvalidError) as error:
            order(world, **change)
        assert error.value.fields[0].field == field
        assert not world.take()

    @pytest.mark.parametrize("name", ["Subject\r\nBcc: eva@evil.example", "=?utf-8?q?x=0D=0ABcc:_eva@evil.example?="])
    def test_no_header_can_be_begun(self, world, name):
        order(world, data={**DATA, "number": name}, sender=service.Sender(name=name))
        drain(world)
        parsed = email.message_from_bytes(world.mails.taken[0][2], policy=default)
        assert parsed["Bcc"] is None
        assert b"\nBcc:" not in world.mails.taken[0][2]


class TestTemplates:
    def test_a_template_in_the_language_that_is_asked_for(self, world):
        made, _ = templates.create_template(
            table=world.table, clock=world.clock, workspace=world.workspace, template_id=new_id(NOON), name="Recibo",
            language="es", changed_by="m",
            wordings={
                "es": Wording("html", "<p>Hola {{ contact.first_name }}</p>", "Tu recibo"),
                "en": Wording("html", "<p>Hello</p>", "Your receipt"),
            },
        )  # fmt: skip
        for language, subject, text in (
            ("es", "Tu recibo", "Hola Ana"),
            ("en", "Your receipt", "Hello"),
            ("", "Tu recibo", "Hola"),
        ):
            said = service.text_of(table=world.table, workspace_id=world.id, template_id=made.id, language=language)
            order(world, text=said, data={}, template_id=made.id)
            drain(world)
            parsed = email.message_from_bytes(world.mails.taken[-1][2], policy=default)
            assert parsed["Subject"] == subject
            assert text in parsed.get_body(("html",)).get_content()

    def test_a_template_is_filled_with_data(self, world):
        wording = Wording(
            "html",
            "<p>Código {{ data.code }}</p>{% for line in data.lines %}<p>{{ line }}</p>{% endfor %}<p>{{ contact.first_name }}</p>",
            "Pedido {{ data.code }}",
        )
        given = {"table": world.table, "clock": world.clock, "workspace": world.workspace}
        made, found = templates.create_template(
            **given, template_id=new_id(NOON), name="Pedido", language="es", changed_by="m", wordings={"es": wording}
        )
        assert "data" not in " ".join(notice.message for notice in found)
        shown = templates.preview(**given, public_url="https://x.example", wording=wording, language="es")
        assert shown.subject == "Pedido [code]"
        assert "<p>Código [code]</p><p>[lines]</p><p>[lines]</p><p>Lucía</p>" in shown.html
        said = service.text_of(table=world.table, workspace_id=world.id, template_id=made.id, language="es")
        order(world, text=said, data={"code": "0042", "lines": ["uno", "dos"]}, template_id=made.id)
        drain(world)
        parsed = email.message_from_bytes(world.mails.taken[-1][2], policy=default)
        assert parsed["Subject"] == "Pedido 0042"
        page = parsed.get_body(("html",)).get_content()
        assert "<p>Código 0042</p><p>uno</p><p>dos</p><p>Ana</p>" in page
        with pytest.raises(InvalidError) as error:
            order(world, text=said, data={"lines": ["uno"]}, template_id=made.id)
        assert "data.code" in error.value.fields[0].message

    def test_a_template_with_data_can_be_tried(self, world):
        wording = Wording("text", "Tu código es {{ data.code }}", "Código {{ data.code }}")
        sending.send_template_test(
            runtime=world.runtime, workspace=world.workspace, wording=wording, language="es", to="me@x.example"
        )
        [(_, _, mime, _)] = world.mailer.sent
        assert "Código [code]" in email.message_from_bytes(mime, policy=default)["Subject"]

    def test_one_that_is_not_there_is_named(self, world):
        with pytest.raises(InvalidError) as error:
            service.text_of(table=world.table, workspace_id=world.id, template_id=new_id(NOON), language="")
        assert error.value.fields[0].field == "template_id"


class TestWhoMayGetIt:
    @pytest.mark.parametrize("reason", ["bounced", "complained", "manual", "erased"])
    def test_some_suppressions_no_purpose_overrules(self, world, reason):
        suppress(world, reason)
        with pytest.raises(InvalidError) as error:
            order(world)
        assert (error.value.fields[0].field, error.value.fields[0].code) == ("to", f"suppressed_{reason}")

    def test_who_unsubscribed_still_gets_what_they_order(self, world):
        suppress(world, "unsubscribed")
        consent.withdraw(
            table=world.table, clock=world.clock, workspace_id=world.id, contact_id=world.contacts[0],
            purpose="marketing_email", source="test",
        )  # fmt: skip
        order(world)
        drain(world)
        assert len(world.mails.taken) == 1
        for purpose in ("marketing_email", "newsletter"):
            with pytest.raises(InvalidError):
                order(world, purpose=purpose)

    def test_marketing_carries_its_way_out(self, world):
        order(world, purpose="marketing_email")
        drain(world)
        parsed = email.message_from_bytes(world.mails.taken[0][2], policy=default)
        assert parsed["List-Unsubscribe"].startswith("<https://crm.example/u/")
        assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    def test_its_way_out_leads_out_of_what_it_was_sent_for(self, world):
        consent.grant(
            table=world.table, clock=world.clock, workspace_id=world.id, contact_id=world.contacts[0],
            purpose="offers", source="test",
        )  # fmt: skip
        order(world, purpose="offers")
        drain(world)
        parsed = email.message_from_bytes(world.mails.taken[0][2], policy=default)
        token = parsed["List-Unsubscribe"].strip("<>").rpartition("/")[2]
        found = centre.unsubscribe(runtime=world.runtime, token=token, source_ip="", shown_in="es")
        assert dict(found.purposes) == {"marketing_email": True, "offers": False}
        with pytest.raises(InvalidError):
            order(world, purpose="offers")

    def test_a_change_of_mind_before_it_leaves_counts(self, world):
        message = order(world, purpose="marketing_email")
        consent.withdraw(
            table=world.table, clock=world.clock, workspace_id=world.id, contact_id=world.contacts[0],
            purpose="marketing_email", source="test",
        )  # fmt: skip
        other = order(world)
        suppress(world, "complained")
        drain(world)
        assert not world.mails.taken
        assert state(world, message).reason == "suppressed:complained"
        assert state(world, other).reason == "suppressed:complained"


class TestSending:
    def test_a_busy_provider_is_asked_again(self, world):
        world.mails.fate = [MailDeferredError("Throttling")]
        message = order(world)
        drain(world)
        assert state(world, message).state is State.PENDING
        world.later(seconds=40)
        drain(world)
        assert (state(world, message).state, state(world, message).attempt) == (State.SENT, 2)

    def test_a_refusal_is_the_end(self, world):
        world.mails.fate = [MailRefusedError("MessageRejected", "no")]
        message = order(world)
        drain(world)
        assert (state(world, message).state, state(world, message).reason) == (State.FAILED, "MessageRejected")

    def test_without_evidence_it_is_sent_once_more_after_an_hour_and_then_parked(self, world):
        world.mails.fate = ["lost before", "lost before"]
        message = order(world)
        drain(world)
        world.later(minutes=59)
        sender.tend(world.runtime)
        assert state(world, message).state is State.UNKNOWN
        world.later(minutes=2)
        sender.tend(world.runtime)
        drain(world)
        assert state(world, message).state is State.UNKNOWN
        world.later(minutes=61)
        sender.tend(world.runtime)
        sender.tend(world.runtime)
        drain(world)
        assert (state(world, message).state, state(world, message).reason) == (State.PARKED, "no_evidence")
        assert not world.mails.taken

    @pytest.mark.parametrize("kind", ["Send", "Delivery"])
    def test_an_event_settles_a_doubt(self, world, kind):
        world.mails.fate = ["lost after"]
        message = order(world)
        drain(world)
        event(world, message, kind)
        assert state(world, message).state is State.SENT
        world.later(hours=2)
        sender.tend(world.runtime)
        drain(world)
        assert len(world.mails.taken) == 1

    def test_a_bounce_suppresses_the_address(self, world):
        message = order(world)
        drain(world)
        event(world, message, "Bounce", tags=False)  # the shape of an identity's notification has no tags
        event(world, message, "Bounce", tags=False)
        assert state(world, message).shown_state == "bounced"
        with pytest.raises(InvalidError):
            order(world)

    def test_an_order_that_was_lost_is_given_again(self, world):
        message = order(world)
        world.take()
        world.later(minutes=3)
        sender.tend(world.runtime)
        drain(world)
        assert state(world, message).state is State.SENT

    @pytest.mark.parametrize("evidence", [False, True])
    def test_two_deliveries_and_a_death_at_every_step(self, evidence):
        """Whatever dies where: never two copies while there is evidence, at most two without, and always a visible end."""
        for first, second in itertools.product(range(14), range(14)):
            world = made()
            message = order(world)
            [(_, envelope, _)] = world.take()
            for kill_at in (first, second, 0):
                one_delivery(world, envelope, kill_at)
            for _ in range(4):
                if evidence and world.mails.taken and state(world, message).state is not State.SENT:
                    event(world, message, "Delivery")
                world.later(minutes=61)
                sender.tend(world.runtime)
                for _, again, _ in world.take():
                    one_delivery(world, again, 0)
            end = state(world, message)
            assert end.state is State.SENT, (first, second)
            assert len(world.mails.taken) == 1 if evidence else 1 <= len(world.mails.taken) <= 2, (first, second)


def one_delivery(world, envelope, kill_at):
    """One delivery of an order, which dies at its n-th step (0: never)."""
    steps = itertools.count(1)

    def step(*_):
        if next(steps) == kill_at:
            raise Killed

    dynamodb = world.table._aws
    dynamodb.before = dynamodb.after = step
    world.mails.step = step
    try:
        consumers.handle(world.runtime, envelope)
    except Killed:
        pass
    finally:
        dynamodb.before = dynamodb.after = lambda *_: None
        world.mails.step = lambda: None


def test_a_person_is_shown_and_erased(world):
    message = order(world)
    drain(world)
    waiting = order(world)
    contact = contacts.get_contact(table=world.table, workspace_id=world.id, contact_id=world.contacts[0])
    shown = ERASURE.show(world.runtime, world.id, contact, frozenset({"p0@example.com"}))
    assert [(each["to"], each["subject"]) for each in shown] == [("p0@example.com", "Pedido A-1")] * 2
    assert ERASURE.erase(world.runtime, world.id, contact, frozenset({"p0@example.com"})) == 2
    assert ERASURE.erase(world.runtime, world.id, contact, frozenset({"p0@example.com"})) == 0
    kept = state(world, message)
    assert (kept.to, kept.subject, kept.state) == ("", "", State.SENT)
    assert not list(world.runtime.files.keys(f"tmp/{world.id}/messages/"))
    drain(world)
    assert (state(world, waiting).state, state(world, waiting).reason) == (State.SUPPRESSED, "erased")
    assert len(world.mails.taken) == 1
