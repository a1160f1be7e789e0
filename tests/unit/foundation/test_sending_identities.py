"""Domains at SES: what a call that died before its end left undone is made up for, and its refusals have names."""

import boto3
import pytest
from botocore.stub import Stubber

from chalicelib.foundation.errors import InvalidError, UnavailableError
from chalicelib.foundation.sending_identities import SesIdentities
from tests.helpers import settings

DOMAIN, MAIL_FROM = "ceiba.example", "bounce.ceiba.example"


@pytest.fixture
def ses():
    identities = SesIdentities(settings())
    client = boto3.client(
        "sesv2", region_name="eu-west-1", aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="none"
    )
    identities.__dict__["_client"] = client
    with Stubber(client) as stub:
        yield identities, stub
        stub.assert_no_pending_responses()


def known(stub, **more):
    answer = {"VerifiedForSendingStatus": False, "DkimAttributes": {"Tokens": ["a", "b", "c"]}, **more}
    stub.add_response("get_email_identity", answer, {"EmailIdentity": DOMAIN})


def named(stub):
    stub.add_response(
        "put_email_identity_mail_from_attributes",
        {},
        {"EmailIdentity": DOMAIN, "MailFromDomain": MAIL_FROM, "BehaviorOnMxFailure": "USE_DEFAULT_VALUE"},
    )


def test_a_new_one_is_made_and_named(ses):
    identities, stub = ses
    stub.add_client_error("get_email_identity", "NotFoundException")
    stub.add_response("create_email_identity", {})
    named(stub)
    known(stub)
    assert identities.add(DOMAIN, mail_from=MAIL_FROM).dkim_tokens == ("a", "b", "c")


def test_one_that_was_made_and_not_named_is_named(ses):
    identities, stub = ses
    known(stub)
    named(stub)
    known(stub, MailFromAttributes={"MailFromDomain": MAIL_FROM, "MailFromDomainStatus": "PENDING",
                                    "BehaviorOnMxFailure": "USE_DEFAULT_VALUE"})  # fmt: skip
    assert identities.add(DOMAIN, mail_from=MAIL_FROM).mail_from == MAIL_FROM


def test_one_that_is_whole_is_left_alone(ses):
    identities, stub = ses
    known(stub, MailFromAttributes={"MailFromDomain": MAIL_FROM, "MailFromDomainStatus": "SUCCESS",
                                    "BehaviorOnMxFailure": "USE_DEFAULT_VALUE"})  # fmt: skip
    assert not identities.add(DOMAIN, mail_from=MAIL_FROM).verified


@pytest.mark.parametrize(
    ("code", "kind"), [("BadRequestException", InvalidError), ("LimitExceededException", UnavailableError)]
)
def test_a_refusal_is_no_error_of_ours(ses, code, kind):
    identities, stub = ses
    stub.add_client_error("get_email_identity", "NotFoundException")
    stub.add_client_error("create_email_identity", code)
    with pytest.raises(kind):
        identities.add(DOMAIN, mail_from=MAIL_FROM)
