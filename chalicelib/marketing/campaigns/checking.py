"""What of a campaign's choices does not fit together, each named by its field. What only matters when it is sent is a notice."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chalicelib.foundation.errors import FieldError, InvalidError
from chalicelib.marketing.campaigns.domain import Campaign, Wording, field_of, variant_in
from chalicelib.marketing.templates.domain import Notice


def check_choices(campaign: Campaign) -> None:
    """`InvalidError` names every choice that does not fit the others."""
    wrong = [
        *_audience(campaign),
        *_resend(campaign),
        *_languages(campaign),
        *_test(campaign),
        *_delivery(campaign),
        *_recurrence(campaign),
    ]
    wrong += _goal(campaign)
    if wrong:
        raise InvalidError("Some choices do not fit together.", fields=wrong)


def missing(campaign: Campaign) -> Iterator[Notice]:
    """What has to be there before it is sent."""
    for name, wording in campaign.wordings.items():
        if not wording.subject and (not variant_in(name) or campaign.tests_subjects):
            place = f"{field_of(name)}subject"
            yield Notice("subject_missing", "The subject is empty.", place, blocking=True)
    if campaign.ab_test is not None and campaign.ab_test.winner_by == "conversions" and campaign.goal is None:
        message = "There is no goal to count conversions by."
        yield Notice("goal_missing", message, "ab_test.winner_by", blocking=True)
    for number, variant in enumerate(campaign.ab_test.variants if campaign.ab_test else ()):
        for language in campaign.translations:
            if language not in variant.translations:
                place = f"ab_test.variants.{number}.translations.{language}"
                message = "This variant is not there in one of the campaign's languages."
                yield Notice("variant_language_missing", message, place, blocking=True)


def _audience(campaign: Campaign) -> Iterator[FieldError]:
    for position, segment_id in enumerate(campaign.exclude_segment_ids):
        if segment_id in campaign.segment_ids:
            message = "A segment is either in the audience or left out of it."
            yield FieldError(f"exclude_segment_ids.{position}", message, "both")


def _resend(campaign: Campaign) -> Iterator[FieldError]:
    if campaign.resend_of and campaign.segment_ids:
        message = "Its audience is who was silent when it was sent before."
        yield FieldError("segment_ids", message, "resend")


def _languages(campaign: Campaign) -> Iterator[FieldError]:
    if campaign.language in campaign.translations:
        message = "This is the campaign's own language."
        yield FieldError(f"translations.{campaign.language}", message, "own_language")


def _test(campaign: Campaign) -> Iterator[FieldError]:
    test = campaign.ab_test
    for number, variant in enumerate(test.variants if test else ()):
        place = f"ab_test.variants.{number}."
        yield from _variant(campaign, variant.wording, place)
        for language, wording in variant.translations.items():
            if language not in campaign.translations:
                message = "The campaign is not there in this language."
                yield FieldError(f"{place}translations.{language}", message, "unknown_language")
            yield from _variant(campaign, wording, f"{place}translations.{language}.")


def _variant(campaign: Campaign, wording: Wording, place: str) -> Iterator[FieldError]:
    if campaign.tests_subjects and wording.body_format:
        yield FieldError(
            f"{place}body", "A test of subjects compares nothing but subjects and preheaders.", "not_tested"
        )
    if not campaign.tests_subjects and not wording.body_format:
        yield FieldError(f"{place}body", "A test of bodies needs one here.", "missing")


def _delivery(campaign: Campaign) -> Iterator[FieldError]:
    window = campaign.delivery.window
    if window is not None and window.start >= window.end:
        yield FieldError("delivery.window.to", "The window ends before it begins.", "order")
    if window is not None and len(set(window.days)) != len(window.days):
        yield FieldError("delivery.window.days", "Each day stands once.", "twice")


def _recurrence(campaign: Campaign) -> Iterator[FieldError]:
    again = campaign.recurrence
    if again is None:
        return
    if campaign.resend_of:
        yield FieldError("recurrence", "A campaign that is sent again to who was silent does not recur.", "resend")
    if campaign.delivery.mode == "local_time":
        message = "What recurs comes at the clocks of one zone."
        yield FieldError("recurrence", message, "local_time")
    try:
        ZoneInfo(again.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield FieldError("recurrence.time_zone", "This is no IANA time zone.", "unknown_zone")
    last = {"day": 0, "week": 7, "month": 31}[again.every]
    if bool(again.days) != bool(last):
        message = "Choose the days on which it comes." if last else "Every day has no days to choose."
        yield FieldError("recurrence.days", message, "missing" if last else "unexpected")
    if len(set(again.days)) != len(again.days):
        yield FieldError("recurrence.days", "Each day stands once.", "twice")
    for position, day in enumerate(again.days):
        if last and day > last:
            yield FieldError(f"recurrence.days.{position}", f"Days go from 1 to {last}.", "range")


def _goal(campaign: Campaign) -> Iterator[FieldError]:
    goal = campaign.goal
    if goal is not None and (goal.kind == "page") != bool(goal.url):
        message = "A page has an address." if goal.kind == "page" else "A deal has no address."
        yield FieldError("goal.url", message, "missing" if goal.kind == "page" else "unexpected")
