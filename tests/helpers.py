"""What tests share: a runtime of fakes around a real table, and the table's stream."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import yaml

from chalicelib import wiring
from chalicelib.foundation import projection
from chalicelib.foundation.aws import Aws
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.files import FakeFiles
from chalicelib.foundation.identity import FakeIdentity
from chalicelib.foundation.mail import FakeMailer
from chalicelib.foundation.messaging import FakeQueues
from chalicelib.foundation.messaging.dead_letters import FakeDeadLetters
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.scheduler import FakeScheduler
from chalicelib.foundation.sending_identities import FakeIdentities, FakeResolver
from chalicelib.foundation.settings import QUEUES, Settings, from_environment
from chalicelib.foundation.signing import Signer
from chalicelib.foundation.table import Table

PROJECT = Path(__file__).parents[1]
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECRET = b"a secret for tests, 32 bytes long"


def settings(endpoint: str = "", table_name: str = "clientela-test") -> Settings:
    """Settings of the stage ``test``."""
    names = [queue.upper().replace("-", "_") for queue in QUEUES]
    return from_environment(
        {
            "STAGE": "test",
            "CLIENTELA_VERSION": "0.0.0-test",
            "AWS_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "TABLE_NAME": table_name,
            "MAIL_RATE": "1000000",
            **{f"{name}_QUEUE_URL": f"https://queues.example/{name}" for name in names},
            **{f"{name}_QUEUE_ARN": f"arn:aws:sqs:eu-west-1:000000000000:{name}" for name in names},
        }
    )


def fake_runtime(table: Table | None = None, **given: Any) -> Runtime:
    """A runtime whose every adapter but the table is a fake; ``given`` replaces some."""
    adapters: dict[str, Any] = {
        "clock": FixedClock(NOON),
        "queues": FakeQueues(),
        "dead_letters": FakeDeadLetters(),
        "signer": Signer(SECRET),
        "public_url": "https://crm.example",
        "mailer": FakeMailer(),
        "transactional_mailer": FakeMailer(),
        "files": FakeFiles(),
        "scheduler": FakeScheduler(),
        "sending_identities": FakeIdentities(),
        "resolver": FakeResolver(),
        "identity": FakeIdentity(),
        "parts": wiring.parts,
    }
    if table is not None:
        adapters["table"] = table
    return Runtime(settings(), **(adapters | given))


def client_of(service: str, endpoint: str) -> Any:
    """A boto3 client of DynamoDB Local."""
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def make_table(endpoint: str, name: str, *, streams: bool = True) -> Table:
    """A new table, as the template declares it; without its stream if nobody reads it."""
    properties = _declared_table()
    stream = {"StreamEnabled": True, **properties["StreamSpecification"]} if streams else {"StreamEnabled": False}
    client_of("dynamodb", endpoint).create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=properties["AttributeDefinitions"],
        KeySchema=properties["KeySchema"],
        GlobalSecondaryIndexes=properties["GlobalSecondaryIndexes"],
        StreamSpecification=stream,
    )
    return Table(Aws(settings(endpoint, name)), name)


def _declared_table() -> dict[str, Any]:
    class Loader(yaml.SafeLoader):
        """Reads CloudFormation's tags as plain text."""

    Loader.add_multi_constructor("!", lambda loader, suffix, node: str(node.value))
    text = (PROJECT / "infra" / "resources" / "table.yaml").read_text()
    resources: dict[str, Any] = yaml.load(text, Loader=Loader)["Resources"]
    return resources["Table"]["Properties"]


class Stream:
    """The table's stream, read as Lambda would."""

    def __init__(self, endpoint: str, table_name: str):
        arn = client_of("dynamodb", endpoint).describe_table(TableName=table_name)["Table"]["LatestStreamArn"]
        self._client = client_of("dynamodbstreams", endpoint)
        self._arn = arn
        self._iterators: dict[str, str | None] = {}
        self.skip()

    def skip(self) -> None:
        """Forget what has happened so far."""
        for _ in self.records():
            pass

    def records(self) -> Iterator[dict[str, Any]]:
        """What has happened since the last time, as records of a Lambda event."""
        shards = self._client.describe_stream(StreamArn=self._arn)["StreamDescription"]["Shards"]
        for shard in shards:
            name = shard["ShardId"]
            if name not in self._iterators:
                self._iterators[name] = self._client.get_shard_iterator(
                    StreamArn=self._arn, ShardId=name, ShardIteratorType="TRIM_HORIZON"
                )["ShardIterator"]
            while (iterator := self._iterators[name]) is not None:
                answer = self._client.get_records(ShardIterator=iterator, Limit=1000)
                self._iterators[name] = answer.get("NextShardIterator")
                for record in answer["Records"]:
                    yield {**record, "dynamodb": {**record["dynamodb"], "ApproximateCreationDateTime": 0}}
                if not answer["Records"]:
                    break

    def project(self, runtime: Runtime, projections: Any = None) -> list[str]:
        """Run every projection on what has happened since the last time; gives back what was rejected."""
        rejected: list[str] = []
        for _ in range(5):  # what projections write comes through the stream, too
            records = list(self.records())
            if not records:
                break
            projection.project(
                {"Records": records},
                projections=wiring.projections() if projections is None else projections,
                table=runtime.table,
                queues=runtime.queues,
                clock=runtime.clock,
                reject=rejected.append,
            )
        return rejected
