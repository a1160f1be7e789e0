"""Contacts straight from their items to the JSON of a list.

The list of the newest contacts is what is asked for most often, and nothing is computed on the way: stored instants are the
API's, and what is left out is null. Making records, then contacts, then models of fifty of them would cost three times the CPU
(``make bench``). `shown` says the same of the same contact; a test holds them together.
"""

from collections.abc import Callable, Mapping, Sequence
from json import JSONDecoder
from typing import Any

from chalicelib.customers.contacts.domain import LIFECYCLE_STAGES
from chalicelib.customers.contacts.records import company_contacts_partition, contacts_partition
from chalicelib.foundation.table import Table

Image = Mapping[str, Mapping[str, Any]]
Custom = Callable[[Mapping[str, Any]], Mapping[str, Any]]

_decode = JSONDecoder().decode
_NONE: Mapping[str, Any] = {}


def recent(table: Table, workspace_id: str, *, shards: int, before: str, limit: int) -> list[Image]:
    """The items of the newest contacts (made before the one with the id ``before``, if given), newest first."""
    partitions = [contacts_partition(workspace_id, shard) for shard in range(shards)]
    found = [image for pk in partitions for image in _query(table, "gsi1", pk, before, limit)]
    if shards > 1:
        found.sort(key=lambda image: str(image["gsi1sk"]["S"]), reverse=True)
    return found[:limit]


def of_company(table: Table, workspace_id: str, company_id: str, *, before: str, limit: int) -> list[Image]:
    """The items of the newest contacts of one company."""
    return _query(table, "gsi2", company_contacts_partition(workspace_id, company_id), before, limit)


def shown_image(image: Image, custom: Custom) -> dict[str, Any]:
    """An item as `ContactListed`, in plain JSON."""
    values = {name: value.get("S") for name, value in image.items()}
    get = values.get
    first_name, last_name = get("first_name"), get("last_name")
    emails = _addresses(get("emails"), "address")
    phones = _addresses(get("phones"), "number")
    fit = int(image["score_fit"]["N"]) if "score_fit" in image else 0
    engagement = int(image["score_engagement"]["N"]) if "score_engagement" in image else 0
    first = _touch(get("first_touch"))
    satisfaction, own = image.get("satisfaction"), get("custom")
    return {
        "id": image["pk"]["S"].rpartition("#")[2],
        "first_name": first_name,
        "last_name": last_name,
        "display_name": f"{first_name or ''} {last_name or ''}".strip()
        or _main(emails, "address")
        or _main(phones, "number"),
        "emails": emails,
        "phones": phones,
        "company_id": get("company_id"),
        "company_name": get("company_name"),
        "language": get("language"),
        "time_zone": get("time_zone"),
        "country": get("country"),
        "city": get("city"),
        "tags": sorted(image["tags"]["SS"]) if "tags" in image else [],
        "lifecycle_stage": get("lifecycle_stage", LIFECYCLE_STAGES[0]),
        "owner_id": get("owner_id"),
        "score": {"fit": fit, "engagement": engagement, "total": fit + engagement, "grade": get("grade", "")},
        "first_touch": first,
        "last_touch": _touch(get("last_touch")) if "last_touch" in image else first,
        "consents": _consents(get("consents")),
        "open_lead_id": get("open_lead_id"),
        "title": get("title"),
        "job_title": get("job_title"),
        "birthday": get("birthday"),
        "satisfaction": None if satisfaction is None else int(satisfaction["N"]),
        "custom": _NONE if own is None else custom(_decode(own)),
        "deleted_at": get("deleted_at"),
        "created_at": get("created_at"),
        "updated_at": get("updated_at") or get("created_at"),
        "version": int(image["version"]["N"]),
    }


def _query(table: Table, index: str, pk: str, before: str, limit: int) -> list[Image]:
    request: dict[str, Any] = {
        "IndexName": index,
        "KeyConditionExpression": f"{index}pk = :p",
        "ExpressionAttributeValues": {":p": {"S": pk}},
        "ScanIndexForward": False,
        "Limit": limit,
    }
    if before:
        request["KeyConditionExpression"] += f" AND {index}sk < :b"
        request["ExpressionAttributeValues"][":b"] = {"S": before}
    found: list[Image] = []
    while True:
        answer = table.raw("Query", request, write=False)
        found += answer["Items"]
        if "LastEvaluatedKey" not in answer or len(found) >= limit:
            return found
        request["ExclusiveStartKey"], request["Limit"] = answer["LastEvaluatedKey"], limit - len(found)


def _addresses(packed: str | None, name: str) -> list[dict[str, Any]]:
    if packed is None:
        return []
    return [
        {name: each[0], "label": each[1] if len(each) > 1 else "", "primary": len(each) > 2} for each in _decode(packed)
    ]


def _main(addresses: Sequence[Mapping[str, Any]], name: str) -> str:
    return next(
        (str(each[name]) for each in addresses if each["primary"]), str(addresses[0][name]) if addresses else ""
    )


def _touch(packed: str | None) -> dict[str, Any] | None:
    if packed is None:
        return None
    get = _decode(packed).get
    return {
        "source": get("source"),
        "medium": get("medium"),
        "campaign": get("campaign"),
        "term": get("term"),
        "content": get("content"),
        "referrer": get("referrer"),
        "landing_page": get("landing_page"),
        "form_id": get("form_id"),
        "at": get("at"),
    }


def _consents(packed: str | None) -> list[dict[str, Any]]:
    if packed is None:
        return []
    return [
        {
            "purpose": purpose,
            "state": consent["state"],
            "at": consent["at"],
            "source": consent.get("source", ""),
            "text_version": consent.get("text_version", ""),
        }
        for purpose, consent in sorted(_decode(packed).items())
    ]
