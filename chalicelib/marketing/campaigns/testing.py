"""A/B tests: how a campaign's test goes, when it is decided and by whom.

While it is on, only those in the test are sent to; the ledger has everybody, and who waits for the winner is pending. It begins to
wait for what people do when the last message of the test has left; the minute's tick decides, or a person does before.
"""

from dataclasses import replace
from datetime import timedelta

from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, InvalidError
from chalicelib.foundation.messaging import Queues
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns import events, store
from chalicelib.marketing.campaigns.domain import (
    LEDGER_STATES,
    REST,
    Ab,
    AbState,
    AbTest,
    Campaign,
    CampaignState,
    VariantResult,
    variant_group,
    winner_of,
)

_RUNNING = (CampaignState.PLANNING, CampaignState.SENDING, CampaignState.PAUSED)


def results(table: Table, campaign: Campaign, test: AbTest) -> tuple[VariantResult, ...]:
    """What has become of each variant's messages, as far as it is projected."""
    found = []
    for variant in range(len(test.variants) + 1):
        counts = store.counts(table, campaign.workspace_id, campaign.id, variant_group(variant))
        found.append(
            VariantResult(
                variant=variant,
                recipients=sum(counts[state] for state in LEDGER_STATES),
                sent=counts["sent"],
                delivered=counts["delivered"],
                opened=counts["opened"],
                clicked=counts["clicked"],
                converted=counts.get("converted", 0),
            )
        )
    return tuple(found)


def shown(table: Table, campaign: Campaign) -> Ab | None:
    """How the test goes, with the figures of now while it is not decided."""
    if campaign.ab is None or campaign.ab_test is None or campaign.ab.state is AbState.DECIDED:
        return campaign.ab
    return replace(campaign.ab, results=results(table, campaign, campaign.ab_test))


def tend(*, table: Table, clock: Clock, queues: Queues, campaign: Campaign) -> Campaign:
    """What time has done to the test of a campaign that is being sent; the campaign as it is then. Harmless when repeated."""
    test, ab = campaign.ab_test, campaign.ab
    if test is None or ab is None or campaign.state is not CampaignState.SENDING:
        return campaign
    now = clock.now()
    if ab.state is AbState.WAITING and _all_out(table, campaign, test):
        begun = replace(ab, state=AbState.TESTING, decide_at=now + timedelta(minutes=test.after_minutes))
        return store.replace(table, replace(campaign, ab=begun, updated_at=now))
    if ab.state is AbState.TESTING and ab.decide_at is not None and ab.decide_at <= now:
        figures = results(table, campaign, test)
        return _decided(table, clock, queues, campaign, winner_of(figures, test.winner_by), "rule", figures)
    return campaign


def pick(*, table: Table, clock: Clock, queues: Queues, campaign: Campaign, variant: int, picked_by: str) -> Campaign:
    """A person decides. `ConflictError` when there is nothing (more) to decide; `InvalidError` names ``variant``."""
    test, ab = campaign.ab_test, campaign.ab
    if test is None or ab is None or campaign.state not in _RUNNING:
        raise ConflictError("There is no test going on.", current=campaign)
    if variant > len(test.variants):
        raise InvalidError("There is no such variant.", field="variant", code="not_found")
    if ab.state is AbState.DECIDED:
        if ab.winner == variant:
            return campaign
        raise ConflictError("The test is decided.", current=campaign)
    return _decided(table, clock, queues, campaign, variant, picked_by, results(table, campaign, test))


def _decided(
    table: Table,
    clock: Clock,
    queues: Queues,
    campaign: Campaign,
    winner: int,
    decided_by: str,
    figures: tuple[VariantResult, ...],
) -> Campaign:
    now = clock.now()
    assert campaign.ab is not None
    ab = replace(
        campaign.ab, state=AbState.DECIDED, decided_at=now, decided_by=decided_by, winner=winner, results=figures
    )
    changed_by = "system:campaigns" if decided_by == "rule" else decided_by
    decided = store.replace(table, replace(campaign, ab=ab, updated_at=now, changed_by=changed_by))
    if decided.state is CampaignState.SENDING:
        queues.publish("campaign-send", events.walks(decided, now))
    return decided


def _all_out(table: Table, campaign: Campaign, test: AbTest) -> bool:
    """Whether nobody in the test waits any more, and the counts that say so are those of the whole audience."""
    waiting = counted = 0
    for variant in (*range(len(test.variants) + 1), REST):
        counts = store.counts(table, campaign.workspace_id, campaign.id, variant_group(variant))
        counted += sum(counts[state] for state in LEDGER_STATES)
        if variant != REST:
            waiting += counts["pending"] + counts["claimed"]
    return counted == campaign.audience and not waiting
