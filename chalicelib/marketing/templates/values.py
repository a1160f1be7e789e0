"""What the placeholders of a message stand for, for one contact."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from chalicelib.customers.contacts.domain import Contact
from chalicelib.marketing.templates.domain import CustomField
from chalicelib.workspaces.settings.domain import Workspace

VALUE_LIMIT = 500
"""Characters of a value of a contact's that a message shows."""


def contact_values(contact: Contact, fields: Iterable[CustomField] = ()) -> dict[str, Any]:
    """A contact's values by the keys of `Vocabulary.variable`; of the custom fields those that are named."""
    company = contact.company_name[:VALUE_LIMIT]
    values: dict[str, Any] = {
        "contact__first_name": contact.first_name[:VALUE_LIMIT],
        "contact__last_name": contact.last_name[:VALUE_LIMIT],
        "contact__display_name": contact.display_name[:VALUE_LIMIT],
        "contact__email": contact.email,
        "contact__language": contact.language,
        "contact__country": contact.country,
        "contact__city": contact.city[:VALUE_LIMIT],
        "contact__lifecycle_stage": contact.lifecycle_stage,
        "contact__company_name": company,
        "contact__title": contact.title[:VALUE_LIMIT],
        "contact__job_title": contact.job_title[:VALUE_LIMIT],
        "contact__birthday": contact.birthday,
        "contact__tags": sorted(contact.tags) if contact.tags else (),
        "company__name": company,
    }
    for each in fields:
        shown = each.shown(contact.custom.get(each.id))
        key = f"contact__custom__{each.key}"
        if each.is_list:
            values[key] = shown if isinstance(shown, list) else ()
        else:
            values[key] = str(shown)[:VALUE_LIMIT]
    return values


def workspace_values(workspace: Workspace, now: datetime) -> dict[str, Any]:
    """What is the same for everybody: the workspace's values, and the day it is there."""
    return {
        "workspace__name": workspace.name,
        "workspace__postal_address": workspace.postal_address,
        "workspace__sender_name": workspace.sender_name,
        "today": today(workspace, now),
    }


def today(workspace: Workspace, now: datetime) -> str:
    """The day it is in the workspace's zone, as filters read it: ``2026-11-21``."""
    return now.astimezone(workspace.zone).date().isoformat()
