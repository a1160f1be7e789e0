"""What a planner and a sender hold in memory does not grow with the audience: a page, and what belongs to the campaign.

The crowd is made up by the table as it is asked for, and what is written of it is thrown away: so whatever the peak has more of with a
larger crowd was kept by the code that is measured.
"""

import gc
import json
import re
import tracemalloc

from chalicelib.foundation.clock import to_text
from chalicelib.foundation.mail_rate import MailRate
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns.domain import CampaignState
from chalicelib.marketing.sending import consumers, ledger, planner, sender
from chalicelib.marketing.sending.domain import Recipient, State
from chalicelib.marketing.sending.work import Sender
from tests.contract.marketing.campaign_world import World
from tests.helpers import NOON
from tests.memory_dynamodb import MemoryDynamoDB

FEW, MANY = 200, 1000
"""People; a page of the planner has 198, one of a walk 100."""
NOISE = 60_000
"""Bytes. The rows of the many, were they kept, would be ten times as much."""
_MEMBERS = 4
_NUMBER = re.compile(r"^[CR]#\w{20}(\d{6})\x00?$")


class Crowd(MemoryDynamoDB):
    """A table in which a segment has any number of members, all like the one who is really there. They were all planned into the
    ledger's first shard.
    """

    def __init__(self):
        super().__init__()
        self.people, self.model, self.written = 0, "", 0
        self.members = self.ledger = self.own = "-"

    def settle(self, world: World) -> None:
        self.model = world.contacts[0]
        self.members = f"W#{world.id}#SEG#{world.segment_id}#"
        self.ledger = f"W#{world.id}#CAMP#"
        self.own = f"W#{world.id}#C#"

    def id_of(self, number: int) -> str:
        return f"{self.model[:-6]}{number:06d}"

    def like(self, item: dict, contact_id: str) -> dict:
        number = contact_id[-6:]
        return json.loads(json.dumps(item).replace(self.model, contact_id).replace("p0@example", f"p{number}@example"))

    def _Query(self, request):
        values = [value["S"] for value in request["ExpressionAttributeValues"].values() if "S" in value]
        pk = next((each for each in values if each.startswith((self.members, self.ledger))), "")
        shard = pk.rpartition("#")[2]
        if not self.people or not shard.isdigit():
            return super()._Query(request)
        of_segment = pk.startswith(self.members)
        everybody = range(int(shard), self.people, _MEMBERS) if of_segment else range(0 if int(shard) else self.people)
        if request.get("Select") == "COUNT":
            return {"Count": len(everybody)}
        known = [int(found.group(1)) for each in values if (found := _NUMBER.search(each))]
        numbers = [number for number in everybody if number > max(known, default=-1)]
        page = [self.id_of(number) for number in numbers[: request["Limit"]]]
        make, sort = (self._member, "C#") if of_segment else (self._recipient, "R#")
        answer = {"Items": [make(pk, contact_id) for contact_id in page], "Count": len(page)}
        if len(page) < len(numbers):
            answer["LastEvaluatedKey"] = {"pk": {"S": pk}, "sk": {"S": sort + page[-1]}}
        return answer

    def _member(self, pk, contact_id):
        return {
            "pk": {"S": pk}, "sk": {"S": f"C#{contact_id}"}, "kind": {"S": "segment_member"}, "version": {"N": "1"},
            "workspace_id": {"S": pk.split("#")[1]}, "created_at": {"S": to_text(NOON)},
        }  # fmt: skip

    def _recipient(self, pk, contact_id):
        workspace_id, campaign_id = pk.split("#")[1], pk.split("#")[3]
        email = f"p{contact_id[-6:]}@example.com"
        row = Recipient(workspace_id, campaign_id, 0, contact_id, email, State.PENDING, contact_version=self.version)
        return ledger.image_of(row, NOON)

    @property
    def version(self) -> int:
        return int(self.items[self.own + self.model, "CONTACT"]["version"]["N"])

    def _BatchGetItem(self, request):
        for wanted in request["RequestItems"].values():
            keys = [self._key(key) for key in wanted["Keys"]]
        found = []
        for pk, sk in keys:
            model = self.items.get((self.own + self.model if pk.startswith(self.own) else pk, sk))
            if model is not None:
                found.append(self.like(model, pk.removeprefix(self.own)) if pk.startswith(self.own) else dict(model))
        return {"Responses": {"t": found}}

    def _kept(self, key) -> bool:
        pk = key["pk"]["S"]
        return not (pk.startswith(self.own) or (pk.startswith(self.ledger) and key["sk"]["S"].startswith("R#")))

    def _TransactWriteItems(self, request):
        kept = [each for each in request["TransactItems"] if "Put" not in each or self._kept(each["Put"]["Item"])]
        self.written += len(request["TransactItems"]) - len(kept)
        return super()._TransactWriteItems({"TransactItems": kept})

    def _PutItem(self, request):
        return super()._PutItem(request) if not self.people or self._kept(request["Item"]) else {}

    def _UpdateItem(self, request):
        if not self.people or self._kept(request["Key"]):
            return super()._UpdateItem(request)
        self.written += 1
        return {}


class Post:
    """A provider that takes everything and keeps nothing."""

    def __init__(self):
        self.sent = 0

    def send(self, **message) -> str:
        self.sent += 1
        return f"m{self.sent}"


def peak_of(work) -> int:
    """The most bytes that were held at once, beside those that were held before."""
    gc.collect()
    tracemalloc.reset_peak()
    before, _ = tracemalloc.get_traced_memory()
    work()
    return tracemalloc.get_traced_memory()[1] - before


def measured(of) -> tuple[int, int]:
    """The peaks of a few and of many, once everything that is made only once is there."""
    of(20)
    tracemalloc.start()
    try:
        of(20)
        return peak_of(lambda: of(FEW)), peak_of(lambda: of(MANY))
    finally:
        tracemalloc.stop()


def test_a_planner_holds_a_page():
    crowd = Crowd()
    world = World(Table(crowd, "t"), people=1)
    crowd.settle(world)

    def planned(people: int) -> None:
        crowd.people = 0
        campaign_id = world.campaign()
        world.send(campaign_id)
        world.take()
        crowd.people, crowd.written = people, 0
        planner.plan(
            table=world.table, clock=world.clock, queues=world.queues, workspace_id=world.id, campaign_id=campaign_id, seconds=600
        )  # fmt: skip
        assert crowd.written == people
        assert world.get(campaign_id).state is CampaignState.SENDING

    few, many = measured(planned)
    assert many < few + NOISE


def test_a_walk_holds_a_page():
    crowd = Crowd()
    world = World(Table(crowd, "t"), people=1)
    crowd.settle(world)
    runtime = world.runtime

    def walked(people: int) -> None:
        crowd.people = 0
        campaign_id = world.campaign()
        world.send(campaign_id)
        for queue, envelope, _ in world.take():
            world.deliver(queue, envelope)
        world.take()
        crowd.people, post = people, Post()
        work = Sender(
            table=world.table, clock=world.clock, queues=world.queues, signer=runtime.signer, mailer=post,
            letter=lambda campaign: consumers.letter_of(runtime, campaign), holder="us", seconds=600,
            rate=MailRate(lambda: 1e9, 1), sleep=lambda seconds: None,
        )  # fmt: skip
        sender.walk(work, workspace_id=world.id, campaign_id=campaign_id, shard=0, after="", ended=0, retry_at="")
        assert post.sent == people

    few, many = measured(walked)
    assert many < few + NOISE
