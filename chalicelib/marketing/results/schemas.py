"""Results as the API shows them. People are counted once each; what machines did is apart everywhere."""

from decimal import Decimal
from typing import Literal

from chalicelib.foundation.http.schemas import Instant, Schema
from chalicelib.marketing.campaigns.choices import GoalSchema
from chalicelib.marketing.results.domain import EVENTS, Group
from chalicelib.marketing.results.service import Results
from chalicelib.marketing.tracking.agents import agent_of
from chalicelib.marketing.tracking.judging import Hit


class TotalsOut(Schema):
    """How many people, and (``opens``, ``clicks``, ``machine_opens``, ``machine_clicks``) how many hits. ``reached`` are those sent to whose
    message did not bounce for good: the base of most rates.
    """

    audience: int
    sent: int
    reached: int
    delivered: int
    delayed: int
    bounced: int
    soft_bounced: int
    complained: int
    unsubscribed: int
    opened: int
    clicked: int
    converted: int
    opens: int
    clicks: int
    machine_opens: int
    machine_clicks: int


class RatesOut(Schema):
    """Shares between 0 and 1, null of nothing: ``bounce`` of those sent to, ``click_to_open`` of those who opened, the others of those
    reached.
    """

    bounce: float | None
    open: float | None
    click: float | None
    click_to_open: float | None
    unsubscribe: float | None
    complaint: float | None
    conversion: float | None


class NamedOut(Schema):
    """How many people by a name (a client, a kind of device, a class of bounce)."""

    name: str
    people: int


class LinkOut(Schema):
    """One link of the message. ``positions`` are its places among the links of the HTML, from 1; ``share`` is of all people's clicks."""

    number: int
    url: str
    positions: list[int]
    people: int
    clicks: int
    machine_clicks: int
    share: float | None


class MomentOut(Schema):
    """One bar of the time chart, ``hours`` (1 or 24) long, on the clocks of ``time_zone``."""

    at: Instant
    hours: int
    opened: int
    clicked: int
    machine_opens: int
    machine_clicks: int


class GroupOut(Schema):
    """What became of those who got one text of several: a variant of the test (``0`` is the campaign's own text, ``rest`` those after the
    test) or a language.
    """

    name: str
    sent: int
    delivered: int
    bounced: int
    complained: int
    opened: int
    clicked: int
    unsubscribed: int
    converted: int

    @classmethod
    def of(cls, group: Group) -> "GroupOut":
        """A group as it is shown."""
        return cls(name=group.name, **{event: group.counts.get(event, 0) for event in EVENTS})


class MoneyOut(Schema):
    """An amount."""

    currency: str
    amount: Decimal


class ConversionsOut(Schema):
    """Who did what the goal wants, once each, and what it brought in: by currency, and all of it in the workspace's (``total``, null when
    a rate is missing).
    """

    goal: GoalSchema | None
    people: int
    revenue: list[MoneyOut]
    total: MoneyOut | None


class ResultsOut(Schema):
    """A campaign's results, as far as they are counted (seconds behind)."""

    campaign_id: str
    as_of: Instant
    time_zone: str
    totals: TotalsOut
    rates: RatesOut
    bounces: list[NamedOut]
    links: list[LinkOut]
    clients: list[NamedOut]
    devices: list[NamedOut]
    hours: list[MomentOut]
    variants: list[GroupOut]
    languages: list[GroupOut]
    conversions: ConversionsOut

    @classmethod
    def of(cls, found: Results) -> "ResultsOut":
        """Results as they are shown."""
        figures = found.figures
        total = MoneyOut(currency=found.currency, amount=found.total) if found.total is not None else None
        return cls(
            campaign_id=found.campaign.id,
            as_of=found.as_of,
            time_zone=found.time_zone,
            totals=TotalsOut(**found.totals),
            rates=RatesOut(**found.rates),
            bounces=_named(figures.named("bounce")),
            links=[
                LinkOut(
                    number=link.number,
                    url=link.url,
                    positions=list(link.positions),
                    people=link.people,
                    clicks=link.clicks,
                    machine_clicks=link.machine_clicks,
                    share=link.share,
                )
                for link in found.links
            ],
            clients=_named(figures.named("client")),
            devices=_named(figures.named("device")),
            hours=[
                MomentOut(
                    at=moment.at,
                    hours=moment.hours,
                    opened=moment.counts.get("opened", 0),
                    clicked=moment.counts.get("clicked", 0),
                    machine_opens=moment.counts.get("machine_opens", 0),
                    machine_clicks=moment.counts.get("machine_clicks", 0),
                )
                for moment in figures.moments()
            ],
            variants=[GroupOut.of(group) for group in found.variants],
            languages=[GroupOut.of(group) for group in figures.groups("language")],
            conversions=ConversionsOut(
                goal=GoalSchema.of(found.campaign.goal),
                people=found.totals["converted"],
                revenue=[MoneyOut(currency=currency, amount=amount) for currency, amount in figures.revenue()],
                total=total,
            ),
        )


def _named(counts: list[tuple[str, int]]) -> list[NamedOut]:
    return [NamedOut(name=name, people=people) for name, people in counts]


class HitOut(Schema):
    """One fetch of the message's picture, a link or its page of choices: what it was judged to be, and why (empty for a person).
    ``network`` is the sender's network, never the whole address.
    """

    at: Instant
    what: Literal["open", "click", "choices"]
    link: int | None
    url: str
    label: Literal["person", "proxy", "machine"]
    why: str
    client: str
    device: str
    agent: str
    network: str

    @classmethod
    def of(cls, hit: Hit, urls: tuple[str, ...]) -> "HitOut":
        """A hit as it is shown."""
        agent = agent_of(hit.request.agent)
        is_link = hit.what == "click"
        return cls(
            at=hit.at,
            what=hit.what,
            link=hit.link if is_link else None,
            url=urls[hit.link] if is_link and hit.link < len(urls) else "",
            label=hit.label,
            why=hit.why,
            client=agent.client,
            device=agent.device,
            agent=hit.request.agent,
            network=hit.request.network,
        )


class HitsOut(Schema):
    """A recipient's hits, the oldest first; at most 60 are kept, for 180 days or as long as the workspace says."""

    items: list[HitOut]
