"""When messages may leave: a window of the day, each contact's local time, so many an hour, growing days of a new domain.

Clocks on walls are what people mean, so moments are reckoned from dates and times of day in a zone. Where a clock is put forward, a
time that it skips is as long after the change as it says; where it is put back, a time that it shows twice is the first. What is
asked again gives the same answer, or less: what is allowed is counted before it is used, so a sender that dies sends less, never more.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns.domain import Campaign, Window
from chalicelib.marketing.domains import service as domains
from chalicelib.marketing.sending import store
from chalicelib.workspaces.settings import service as workspaces

CHUNK = 40
"""Messages whose leave is taken at once."""
_ZONES = {
    "AD": "Europe/Andorra", "AR": "America/Argentina/Buenos_Aires", "AT": "Europe/Vienna", "BE": "Europe/Brussels",
    "BG": "Europe/Sofia", "BO": "America/La_Paz", "BR": "America/Sao_Paulo", "CH": "Europe/Zurich", "CL": "America/Santiago",
    "CO": "America/Bogota", "CR": "America/Costa_Rica", "CU": "America/Havana", "CY": "Asia/Nicosia", "CZ": "Europe/Prague",
    "DE": "Europe/Berlin", "DK": "Europe/Copenhagen", "DO": "America/Santo_Domingo", "EC": "America/Guayaquil",
    "EE": "Europe/Tallinn", "ES": "Europe/Madrid", "FI": "Europe/Helsinki", "FR": "Europe/Paris", "GB": "Europe/London",
    "GQ": "Africa/Malabo", "GR": "Europe/Athens", "GT": "America/Guatemala", "HN": "America/Tegucigalpa", "HR": "Europe/Zagreb",
    "HU": "Europe/Budapest", "IE": "Europe/Dublin", "IL": "Asia/Jerusalem", "IN": "Asia/Kolkata", "IS": "Atlantic/Reykjavik",
    "IT": "Europe/Rome", "JP": "Asia/Tokyo", "KR": "Asia/Seoul", "LI": "Europe/Vaduz", "LT": "Europe/Vilnius",
    "LU": "Europe/Luxembourg", "LV": "Europe/Riga", "MA": "Africa/Casablanca", "MC": "Europe/Monaco", "MT": "Europe/Malta",
    "NI": "America/Managua", "NL": "Europe/Amsterdam", "NO": "Europe/Oslo", "NZ": "Pacific/Auckland", "PA": "America/Panama",
    "PE": "America/Lima", "PL": "Europe/Warsaw", "PR": "America/Puerto_Rico", "PT": "Europe/Lisbon", "PY": "America/Asuncion",
    "RO": "Europe/Bucharest", "RS": "Europe/Belgrade", "SE": "Europe/Stockholm", "SG": "Asia/Singapore", "SI": "Europe/Ljubljana",
    "SK": "Europe/Bratislava", "SV": "America/El_Salvador", "TR": "Europe/Istanbul", "UA": "Europe/Kyiv",
    "UY": "America/Montevideo", "VE": "America/Caracas", "ZA": "Africa/Johannesburg",
}  # fmt: skip
"""Countries where nearly everybody's clock shows the same. The others' people live by the workspace's clock until they have a zone."""


def zone_of(contact: Contact, otherwise: ZoneInfo) -> ZoneInfo:
    """The clock that a contact lives by: their own zone, their country's, or else this one."""
    for name in (contact.time_zone, _ZONES.get(contact.country.upper(), "")):
        try:
            if name:
                return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return otherwise


def opens(window: Window | None, zone: ZoneInfo, at: datetime) -> datetime:
    """The first moment from ``at`` on at which the window is open."""
    if window is None:
        return at
    first = at.astimezone(zone).date()
    for ahead in range(9):
        day = first + timedelta(days=ahead)
        start, end = _on(day, window.start, zone), _on(day, window.end, zone)
        if day.isoweekday() in window.days and at < end and start < end:
            return max(start, at)
    return at


def due_at(campaign: Campaign, contact: Contact, clock: ZoneInfo, now: datetime) -> datetime | None:
    """When this contact's message may leave at the earliest, by the campaign's clock or their own; None when it may now."""
    delivery, at, zone = campaign.delivery, now, clock
    if delivery.mode == "local_time":
        zone = zone_of(contact, clock)
        if campaign.scheduled_at is not None:
            wall = campaign.scheduled_at.astimezone(clock).replace(tzinfo=None)
            at = max(now, wall.replace(tzinfo=zone, fold=0).astimezone(UTC))
    at = opens(delivery.window, zone, at)
    return at if at > now else None


def clock_of(table: Table, campaign: Campaign) -> ZoneInfo:
    """The clock that a campaign goes by: the one it was scheduled on, or else the workspace's."""
    if campaign.time_zone:
        return ZoneInfo(campaign.time_zone)
    return workspaces.get_workspace(table=table, workspace_id=campaign.workspace_id).zone


@dataclass(slots=True)
class Pace:
    """How many messages of a campaign may leave now, as far as an hour and the days of its sender's domain allow."""

    table: Table
    campaign: Campaign
    source: str
    _left: int = field(default=0)

    def take(self, wanted: int, waiting: int, now: datetime) -> tuple[int, datetime]:
        """Leave for so many messages, of ``waiting`` in all, or fewer; with none, when to ask again."""
        delivery = self.campaign.delivery
        if delivery.per_hour is None and not delivery.warm_up:
            return wanted, now
        again = now
        if not self._left:
            granted = min(CHUNK, waiting)
            if delivery.per_hour is not None:
                granted, again = store.take_of_hour(self.table, self.campaign, delivery.per_hour, granted, now)
            if granted and delivery.warm_up:
                granted, again = self._of_the_day(granted, now)
            self._left = granted
        taken = min(wanted, self._left)
        self._left -= taken
        return taken, again

    def _of_the_day(self, wanted: int, now: datetime) -> tuple[int, datetime]:
        clock = clock_of(self.table, self.campaign)
        today = now.astimezone(clock).date()
        domain = self.source.rpartition("@")[2].lower()
        workspace_id = self.campaign.workspace_id
        since = domains.warm_up_of(table=self.table, workspace_id=workspace_id, email=self.source)
        granted = store.take_of_day(self.table, workspace_id, domain, today, wanted, now, since)
        return granted, _on(today + timedelta(days=1), "00:00", clock)


def _on(day: date, clock: str, zone: ZoneInfo) -> datetime:
    hours, minutes = (24, 0) if clock == "24:00" else map(int, clock.split(":"))
    if hours == 24:
        day, hours = day + timedelta(days=1), 0
    return datetime.combine(day, time(hours, minutes), tzinfo=zone).astimezone(UTC)
