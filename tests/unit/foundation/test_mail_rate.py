"""However many processes send, together they keep to the account's rate."""

from bisect import bisect_left
from collections.abc import Callable

import pytest

from chalicelib.foundation.aws import Answer, NoAnswerError
from chalicelib.foundation.mail_rate import CAMPAIGNS, KNOWN_FOR, LEAST, MailRate, rate_at_ses


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def sends(rate: MailRate, time: Time, seconds: float) -> list[float]:
    """The moments at which a process that has always somebody to send to sends."""
    moments, until = [], time.now + seconds
    while (wait := rate.wait()) + time.now < until:
        time.now += wait
        rate.sent()
        moments.append(time.now)
        time.now += 0.01
    return moments


@pytest.mark.parametrize(("allowed", "processes"), [(14, 5), (200, 5), (500, 20), (1, 2)])
def test_in_no_ten_seconds_do_all_of_them_together_send_faster(allowed: float, processes: int) -> None:
    moments: list[float] = []
    for _ in range(processes):
        time = Time()
        moments += sends(MailRate(lambda: allowed, processes, time), time, 60)
    moments.sort()
    for position, start in enumerate(moments):
        within = bisect_left(moments, start + 10) - position
        assert within <= allowed * CAMPAIGNS * 10 + processes, start
    assert len(moments) >= allowed * CAMPAIGNS * 60 * 0.9


def test_time_in_which_nothing_was_sent_is_not_made_up_for() -> None:
    time = Time()
    rate = MailRate(lambda: 10, 1, time)
    rate.sent()
    time.now += 3600
    assert len(sends(rate, time, 1)) <= 10


def test_the_account_is_asked_again_as_its_rate_grows() -> None:
    time, answers = Time(), iter([10.0, 100.0])
    rate = MailRate(lambda: next(answers), 1, time)
    slow = len(sends(rate, time, 10))
    time.now += KNOWN_FOR
    assert len(sends(rate, time, 10)) > 5 * slow


class Ses:
    def __init__(self, answer: Callable[[], Answer]):
        self._answer = answer

    def post_once(
        self, service: str, body: bytes, content_type: str, *, target: str = "", host_prefix: str = ""
    ) -> Answer:
        assert (service, host_prefix) == ("ses", "email")
        assert b"Action=GetSendQuota" in body
        return self._answer()


def test_what_ses_allows() -> None:
    body = b"<GetSendQuotaResult><Max24HourSend>50000.0</Max24HourSend><MaxSendRate>14.0</MaxSendRate></GetSendQuotaResult>"
    assert rate_at_ses(Ses(lambda: Answer(200, body))) == 14.0  # type: ignore[arg-type]


def test_without_an_answer_as_slowly_as_anybody_may() -> None:
    def lost() -> Answer:
        raise NoAnswerError("ses did not answer")

    assert rate_at_ses(Ses(lost)) == LEAST  # type: ignore[arg-type]
    assert rate_at_ses(Ses(lambda: Answer(403, b"<MaxSendRate>9</MaxSendRate>"))) == LEAST  # type: ignore[arg-type]
