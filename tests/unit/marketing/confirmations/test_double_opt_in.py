"""Double opt-in: a tick in a form counts once the owner of the address has said so."""

import email
import re
from email.policy import default
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.customers.consent import service as consent
from chalicelib.customers.contacts import service as contacts
from chalicelib.foundation.errors import InvalidError, NotFoundError
from chalicelib.foundation.ids import new_id
from chalicelib.foundation.table import Table
from chalicelib.marketing.confirmations import consumers, service
from chalicelib.marketing.confirmations.erasure import ERASURE
from chalicelib.marketing.forms import service as forms
from chalicelib.marketing.forms.domain import ConsentQuestion, Field, FieldType, Form, Page, Post
from chalicelib.marketing.messages import consumers as messages
from tests.contract.marketing.campaign_world import World
from tests.memory_dynamodb import MemoryDynamoDB

WORDS = "Quiero recibir <novedades>"


@pytest.fixture
def world():
    world = World(Table(MemoryDynamoDB(), "t"), people=0)
    world.form = made(world)
    return world


def made(world, **more):
    now = world.clock.now()
    fields = (
        Field("email", FieldType.EMAIL, {"es": "Correo"}, required=not more.get("phone")),
        Field("phone", FieldType.PHONE, {"es": "Teléfono"}, required=bool(more.pop("phone", False))),
    )
    return forms.create_form(
        table=world.table,
        form=Form(
            world.id, new_id(now), "Alta", fields, now, now, double_opt_in=True,
            consents=(ConsentQuestion("news", "marketing_email", {"es": WORDS, "en": "I want news"}),),
        ),
    )  # fmt: skip


def post(world, address="ana@example.com", form=None, **values):
    form = form or world.form
    token = forms.new_token(signer=world.runtime.signer, form=form, nonce=new_id(world.clock.now()), language="es")
    world.later(seconds=5)
    return forms.submit(
        table=world.table, clock=world.clock, signer=world.runtime.signer, form=form, language="es", source_ip="192.0.2.1",
        post=Post(token, {**({"email": address} if address else {}), **values}, ("news",), Page()),
    )  # fmt: skip


def waiting(world, form=None):
    return service.list_confirmations(table=world.table, workspace_id=world.id, form_key=(form or world.form).key)


def ask(world):
    """What the projector and the queue do."""
    for each in waiting(world):
        service.ask(runtime=world.runtime, workspace_id=world.id, confirmation_id=each.id)
    drain(world)


def drain(world):
    while orders := world.take():
        for _, envelope, _ in orders:
            for handle in (messages.handle, consumers.handle):
                handle(world.runtime, envelope)


def mails(world):
    return world.runtime.transactional_mailer.sent


def token_in(world):
    page = email.message_from_bytes(mails(world)[-1][2], policy=default).get_body(("html",)).get_content()
    link = re.search(r'href="(https://crm\.example/f/[^"]+)"', page)[1]
    return parse_qs(urlsplit(link).query)["t"][0]


def person(world, address="ana@example.com"):
    contact_id = contacts.find_by_email(table=world.table, workspace_id=world.id, email=address)
    return contacts.get_contact(table=world.table, workspace_id=world.id, contact_id=contact_id, consistent=True)


def test_nothing_is_granted_before_the_owner_says_so(world):
    post(world)
    assert not person(world).consents
    ask(world)
    [(_, recipient, mime, _)] = mails(world)
    message = email.message_from_bytes(mime, policy=default)
    assert (recipient, message["Subject"]) == ("ana@example.com", "Confirma tu suscripción a Estudio Ceiba")
    assert "Quiero recibir &lt;novedades&gt;" in message.get_body(("html",)).get_content()
    token = token_in(world)
    seen = service.look(runtime=world.runtime, form_key=world.form.key, token=token)
    assert seen.state(world.clock.now()) == "pending"
    assert not person(world).consents  # looking is no word
    service.confirm(runtime=world.runtime, form_key=world.form.key, token=token, source_ip="198.51.100.7")
    assert person(world).consented("marketing_email")
    [(_, entry)] = consent.ledger(table=world.table, workspace_id=world.id, contact_id=person(world).id)
    assert (entry.text, entry.source_ip, entry.source) == (WORDS, "198.51.100.7", f"form:{world.form.key}")
    assert entry.text_version == f"{world.form.key}/news/1/es/confirmed"
    service.confirm(runtime=world.runtime, form_key=world.form.key, token=token, source_ip="")
    assert len(consent.ledger(table=world.table, workspace_id=world.id, contact_id=person(world).id)) == 1


def test_an_address_is_asked_once_in_a_day_whatever_is_posted(world):
    for _ in range(3):
        post(world, "Ana@Example.com")
        ask(world)
        ask(world)
    assert len(mails(world)) == 1
    assert [each.reason for each in waiting(world)] == ["asked_lately", "asked_lately", ""]
    first = waiting(world)[0]
    with pytest.raises(InvalidError) as error:
        again(world, first.id)
    assert error.value.fields[0].code == "too_soon"
    world.later(hours=24)
    again(world, first.id)
    assert len(mails(world)) == 2


def again(world, confirmation_id):
    service.again(
        runtime=world.runtime, workspace_id=world.id, form_key=world.form.key, confirmation_id=confirmation_id
    )
    drain(world)


def test_who_ticked_is_told_to_look_into_their_mail(world):
    assert "correo que te enviamos" in post(world).message
    assert "correo" not in post(world, None, form=made(world, phone=True), phone="+34600111222").message


def test_after_a_week_it_is_over(world):
    post(world)
    ask(world)
    token = token_in(world)
    world.later(days=7)
    with pytest.raises(NotFoundError):
        service.confirm(runtime=world.runtime, form_key=world.form.key, token=token, source_ip="")
    with pytest.raises(InvalidError):
        again(world, waiting(world)[0].id)
    assert not person(world).consents


@pytest.mark.parametrize("change", ["forged", "other form"])
def test_a_foreign_link_confirms_nothing(world, change):
    post(world)
    ask(world)
    token = token_in(world)
    form_key = made(world).key if change == "other form" else world.form.key
    token = token[:-2] + "xx" if change == "forged" else token
    with pytest.raises(NotFoundError):
        service.confirm(runtime=world.runtime, form_key=form_key, token=token, source_ip="")


def test_who_leaves_no_address_has_nothing_to_confirm(world):
    form = made(world, phone=True)
    post(world, "", form=form, phone="+34600111222")
    assert not waiting(world, form)
    contact_id = contacts.page_of_contacts(table=world.table, workspace_id=world.id, start=None, limit=5).items[0].id
    found = contacts.get_contact(table=world.table, workspace_id=world.id, contact_id=contact_id)
    assert found.consented("marketing_email")


def test_a_suppressed_address_is_not_asked_and_people_see_why(world):
    consent.suppress(
        table=world.table, clock=world.clock, signer=world.runtime.signer, workspace_id=world.id, email="ana@example.com",
        reason="complained",
    )  # fmt: skip
    post(world)
    ask(world)
    assert not mails(world)
    assert waiting(world)[0].reason == "suppressed_complained"


def test_it_goes_with_the_person(world):
    post(world)
    shown = ERASURE.show(world.runtime, world.id, person(world), frozenset())
    assert [(each["email"], each["text"]) for each in shown] == [("ana@example.com", [WORDS])]
    assert ERASURE.erase(world.runtime, world.id, person(world), frozenset()) == 1
    assert not waiting(world)
