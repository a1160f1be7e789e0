"""What a campaign refers to, segments and a topic: whether it is there, and can be used."""

from collections.abc import Iterator

from chalicelib.foundation.errors import FieldError, InvalidError
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns.domain import Campaign
from chalicelib.marketing.preferences import service as preferences
from chalicelib.marketing.segments import service as segments


def check_segments(table: Table, campaign: Campaign) -> None:
    """`InvalidError` names the segments that do not exist."""
    unknown = list(_wrong_segments(table, campaign, usable=False))
    if unknown:
        raise InvalidError("A segment does not exist.", fields=unknown)


def check_usable(table: Table, campaign: Campaign) -> None:
    """`InvalidError` names the segments that are gone, or broken: nobody is in them, and nobody would be told."""
    wrong = list(_wrong_segments(table, campaign, usable=True))
    if wrong:
        raise InvalidError("A segment cannot be used.", fields=wrong)


def check_topic(table: Table, campaign: Campaign) -> None:
    """`InvalidError` when it is about a topic that does not exist: nobody could have said yes or no to that. Asked when a topic is chosen;
    one that is taken away later keeps the campaigns that were about it, and everybody's no.
    """
    if not campaign.topic:
        return
    topics = preferences.get_topics(table=table, workspace_id=campaign.workspace_id)
    if topics.find(campaign.topic) is None:
        raise InvalidError("There is no such topic.", field="topic", code="not_found")


def _wrong_segments(table: Table, campaign: Campaign, *, usable: bool) -> Iterator[FieldError]:
    """Those that do not exist; when they are to be ``usable``, the broken ones as well."""
    chosen = {"segment_ids": campaign.segment_ids, "exclude_segment_ids": campaign.exclude_segment_ids}
    for field, ids in chosen.items():
        found = segments.get_segments(table=table, workspace_id=campaign.workspace_id, ids=ids)
        for position, segment_id in enumerate(ids):
            if segment_id not in found:
                yield FieldError(f"{field}.{position}", "There is no such segment.", "not_found")
            elif usable and found[segment_id].problems:
                yield FieldError(f"{field}.{position}", "This segment has to be repaired.", "broken")
