"""Campaigns and the links in them by name, for conditions of segments; see `chalicelib.marketing.segments.names`."""

from collections.abc import Collection, Mapping

from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.campaigns import service


class _Campaigns:
    def names(self, runtime: Runtime, workspace_id: str, ids: Collection[str]) -> Mapping[str, str]:
        """The names of those that exist."""
        found = {}
        for campaign_id in ids:
            try:
                campaign = service.get_campaign(table=runtime.table, workspace_id=workspace_id, campaign_id=campaign_id)
            except NotFoundError:
                continue
            found[campaign_id] = campaign.name
        return found

    def choices(self, runtime: Runtime, workspace_id: str) -> Mapping[str, str]:
        """The newest hundred."""
        found, _ = service.page_of_campaigns(table=runtime.table, workspace_id=workspace_id, limit=100, start=None)
        return {campaign.id: campaign.name for campaign in found}


class _Links:
    """A link's id is its campaign's, ``#`` and its number."""

    def names(self, runtime: Runtime, workspace_id: str, ids: Collection[str]) -> Mapping[str, str]:
        """Where the links lead."""
        found = {}
        for id_ in ids:
            campaign_id, _, number = id_.partition("#")
            try:
                body = service.get_body(table=runtime.table, workspace_id=workspace_id, campaign_id=campaign_id)
            except NotFoundError:
                continue
            if number.isdigit() and int(number) < len(body.links):
                found[id_] = body.links[int(number)]
        return found

    def choices(self, _runtime: Runtime, _workspace_id: str) -> Mapping[str, str]:
        """None: they are chosen within a campaign."""
        return {}


CAMPAIGNS, LINKS = _Campaigns(), _Links()
