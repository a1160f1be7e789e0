"""What SES's answers mean."""

import pytest

from chalicelib.foundation.aws import Answer, NoAnswerError, NotSentError
from chalicelib.foundation.mail import (
    NOT_VERIFIED,
    MailDeferredError,
    MailRefusedError,
    MailUnknownError,
    SesMailer,
)

UNVERIFIED = (
    b"<ErrorResponse><Error><Type>Sender</Type><Code>MessageRejected</Code><Message>Email address is not verified. The "
    b"following identities failed the check in region EU-WEST-1: hola@ceiba.example</Message></Error></ErrorResponse>"
)


class Ses:
    """Answers what it is given."""

    def __init__(self, answer):
        self.answer = answer

    def post_once(self, *arguments, **named):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def send(answer):
    return SesMailer(Ses(answer)).send(source="hola@ceiba.example", recipient="ana@example.com", mime=b"x")


def test_taken():
    assert send(Answer(200, b"<SendRawEmailResult><MessageId>0102</MessageId></SendRawEmailResult>")) == "0102"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (NotSentError("no connection"), MailDeferredError),
        (Answer(429, b""), MailDeferredError),
        (Answer(400, b"<Code>Throttling</Code>"), MailDeferredError),
        (NoAnswerError("reset"), MailUnknownError),
        (Answer(500, b"<Code>InternalFailure</Code>"), MailUnknownError),
        (Answer(200, b"<SendRawEmailResult>"), MailUnknownError),
    ],
)
def test_not_taken_for_certain_or_in_doubt(answer, kind):
    with pytest.raises(kind):
        send(answer)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<Code>MessageRejected</Code><Message>Message contains a virus.</Message>", "MessageRejected"),
        (UNVERIFIED, NOT_VERIFIED),
        (b"", "Http403"),
    ],
)
def test_refused_with_its_code(body, code):
    with pytest.raises(MailRefusedError) as refused:
        send(Answer(403 if not body else 400, body))
    assert refused.value.code == code
