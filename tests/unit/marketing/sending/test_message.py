"""Messages: their headers, whatever is put into them, and their bodies after decoding."""

import email
import random
import re
from email.policy import default

import pytest

from chalicelib.customers.contacts.domain import Contact, EmailAddress
from chalicelib.foundation.ids import new_id
from chalicelib.foundation.signing import Signer
from chalicelib.marketing.campaigns.domain import Campaign
from chalicelib.marketing.sending.message import Letter, checked_address, mailbox, quoted, unstructured
from chalicelib.marketing.templates.body import compile_body
from chalicelib.marketing.tracking.domain import Copy, copy_of
from chalicelib.workspaces.settings.domain import Workspace
from examples.strict_mail import problems
from tests.helpers import NOON, SECRET

HEADERS = {"From", "Reply-To", "Feedback-ID", "MIME-Version", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe",
           "List-Unsubscribe-Post", "Content-Type"}  # fmt: skip
INJECTIONS = (
    "x\r\nBcc: evil@evil.example", "x\nBcc: evil@evil.example", "x\rBcc: evil@evil.example", "x\r\n\r\n<script>", "x\x00Bcc: y",
    "x\u2028Bcc: y", "x\u2029Bcc: y", "x\x0bBcc: y", "x\x0cBcc: y", "x\x85Bcc: y", "x\r\n Bcc: folded", "x\r\n\tBcc: folded",
    "=?utf-8?b?DQpCY2M6IGV2aWxAZXZpbC5leGFtcGxl?=", "=?utf-8?q?=0D=0ABcc:_evil?=", "=?iso-8859-1?q?=0aBcc?=", '"\r\nBcc: y" <a@b.c>',
    'x" <evil@evil.example>, "y', '\\" <evil@evil.example>', "x" * 5000, "ñ" * 5000, "a\r\n" * 500, "=?", "?=", "\ue000", "%0d%0aBcc: y",
    "\\r\\nBcc: y", "&#13;&#10;Bcc: y", "\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe", "\ud83d",
)  # fmt: skip


def letter(*, subject="Hola {{ contact.first_name }}", html="<p>{{ contact.first_name }}</p>", **changes):
    ids = [new_id(NOON) for _ in range(2)]
    workspace = Workspace(ids[0], changes.pop("workspace_name", "Ceiba"), "es", "Europe/Madrid", "EUR", "Calle 1", changes.pop("sender", "Ceiba"),
                          "hola@ceiba.example", NOON, NOON)  # fmt: skip
    campaign = Campaign(workspace.id, ids[1], "c", subject, NOON, NOON, **changes)
    body = compile_body(body_format="html", source=html, subject="")
    return Letter(
        campaign=campaign, body=body, workspace=workspace, public_url="https://crm.example", signer=Signer(SECRET)
    )


def contact(**values):
    values = {"first_name": "Ana"} | values
    return Contact("W", new_id(NOON), NOON, NOON, emails=(EmailAddress("ana@x.example", "", True),), **values)


def parsed(raw):
    return email.message_from_bytes(raw, policy=default)


@pytest.mark.parametrize("text", INJECTIONS)
def test_nothing_in_any_field_makes_another_header(text):
    for made, person in (
        (letter(), contact(first_name=text)),
        (letter(subject=text.replace("{", "")), contact()),
        (letter(from_name=text), contact()),
        (letter(sender=text), contact()),
        (letter(workspace_name=text), contact(company_name=text, city=text)),
    ):
        raw = made.mime(contact=person, email="ana@x.example", attempt=1, now=NOON)
        head = raw.split(b"\r\n\r\n", 1)[0]
        names = {line.split(b":")[0].decode() for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))}
        assert names <= HEADERS
        message = parsed(raw)
        assert message["Bcc"] is None
        assert [str(address.addr_spec) for address in message["From"].addresses] == ["hola@ceiba.example"]
        assert message["To"] == "ana@x.example"
        assert max(map(len, head.split(b"\r\n"))) < 998
        assert raw.isascii()
        assert problems(raw) == []


@pytest.mark.parametrize(
    "address",
    [
        "a@b.c\r\nBcc: x@y.z",
        "a b@c.d",
        "a@b",
        "<a@b.c>",
        "a@b.c,d@e.f",
        "a@b.c>",
        "ñ@b.c",
        "a@ñ.c",
        "",
        "@",
        "a@",
        "a" * 250 + "@b.example",
        "a@b.c\x00",
    ],
)
def test_odd_addresses_are_refused(address):
    if address == "a@b":
        assert checked_address(address) == address  # an intranet's; harmless in a header
        return
    with pytest.raises(ValueError, match="plain address"):
        checked_address(address)


def test_it_is_a_campaigns_message():
    made = letter(html='<p>Hola {{ contact.first_name }} ñ€😀</p><a href="https://a.example">x</a>')
    person = contact(first_name="Ana = <b> ñ")
    message = parsed(made.mime(contact=person, email="ana@x.example", attempt=3, now=NOON))
    assert message["Subject"] == "Hola Ana = <b> ñ"
    assert re.fullmatch(r"<[A-Z0-9]+\.[A-Z0-9]+\.3@ceiba\.example>", message["Message-ID"])
    address = re.fullmatch(r"<https://crm\.example/u/([A-Za-z0-9_-]+)>", message["List-Unsubscribe"])
    assert address
    signer = Signer(SECRET)
    assert copy_of(signer, "unsubscribe", address[1]).contact_id == person.id
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    html = message.get_body(("html",)).get_content()
    assert "Hola Ana = &lt;b&gt; ñ ñ€😀" in html
    click = re.search(r"https://crm\.example/t/c/([A-Za-z0-9_-]+)", html)
    assert copy_of(signer, "click", click[1]) == Copy(made._workspace.id, made._campaign.id, person.id, 0)
    text = message.get_body(("plain",)).get_content()
    assert "Hola Ana = <b> ñ ñ€😀" in text
    assert "/u/" in text


def test_lines_are_short_and_the_body_says_what_the_preview_says():
    made = letter(html="<p>" + "a" * 3000 + "</p><p> trailing \t </p>\n.\n..\nFrom x\n<p>{{ contact.city }}</p>")
    person = contact(city="=3D . =")
    raw = made.mime(contact=person, email="ana@x.example", attempt=1, now=NOON)
    body = raw.split(b"\r\n\r\n", 1)[1]
    assert max(map(len, body.split(b"\r\n"))) <= 78
    sent = parsed(raw).get_body(("html",)).get_content()
    seen = made.preview(contact=person, now=NOON).html
    strip = lambda page: re.sub(r"https://crm\.example/[^\"#]*", "", page).replace("\r\n", "\n").rstrip("\n")  # noqa: E731
    assert strip(sent) == strip(seen)


def test_pieces_of_quoted_printable_may_be_joined():
    rng = random.Random(5)
    alphabet = "ab =.\n\r\tñ€😀FfrRom-_\x7f"
    import quopri

    for _ in range(3000):
        pieces = [
            "".join(rng.choices(alphabet, k=rng.randint(0, 90))).replace("\r", "") for _ in range(rng.randint(1, 6))
        ]
        joined = "".join(map(quoted, pieces))
        assert quopri.decodestring(joined.encode()).decode().replace("\r\n", "\n") == "".join(pieces)
        assert all(len(line) <= 77 for line in joined.split("\r\n"))


def test_names_and_subjects_are_read_back():
    for text in ("Ana", "Añá, S.L.", 'Q "quoted" \\ x', "a <b> c", "日本語" * 20, "x, y; z", "=?utf-8?q?x?="):
        message = parsed(
            f"From: {mailbox(text, 'a@b.example')}\r\nSubject: {unstructured(text, limit=255)}\r\n\r\n".encode()
        )
        # Python shows a space between encoded words of a name, which RFC 2047 (6.2) says to leave out.
        assert message["From"].addresses[0].display_name.replace(" ", "") == text.replace(" ", "")
        assert message["Subject"] == text


@pytest.mark.parametrize(
    ("was", "now", "wrong"),
    [
        (b"Subject: ", b"Bcc: x@y.z\r\nSubject: ", "nobody asked for"),
        (b"To: ", b"To: x@y.z\r\nTo: ", "to 2 times"),
        (b"\r\nDate: ", b"\nDate: ", "CR LF"),
        (b"One-Click", b"Two-Clicks", "RFC 8058"),
        (b"List-Unsubscribe: <https", b"List-Unsubscribe: https", "RFC 2369"),
        (b"Message-ID: <", b"Message-ID: <<", "cannot be read"),
        (b"quoted-printable", b"8bit", "quoted-printable"),
        (b"Ana", "Aña".encode(), "ASCII"),
        (b"text/html", b"text/calendar", "the same in HTML"),
        (b"Ana", b"Ana=ZZ", "is not quoted-printable"),
        (b"Ana", b"A" * 1200, "998"),
    ],
)
def test_the_strict_check_finds_what_is_wrong(was, now, wrong):
    raw = letter(subject="Hola", html="<p>Hola {{ contact.first_name }}</p>").mime(
        contact=contact(), email="ana@x.example", attempt=1, now=NOON
    )
    assert problems(raw) == []
    assert was in raw
    assert any(wrong in each for each in problems(raw.replace(was, now)))
