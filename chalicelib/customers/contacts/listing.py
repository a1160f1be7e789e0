"""By what contacts are listed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from chalicelib.customers.claims import service as claims
from chalicelib.customers.claims.domain import Claim
from chalicelib.customers.contacts import glance, service, store
from chalicelib.customers.contacts.addresses import normalise_email, normalise_phone
from chalicelib.customers.contacts.domain import LIFECYCLE_STAGES, Contact
from chalicelib.customers.contacts.records import company_contacts_partition, contacts_partition
from chalicelib.customers.contacts.schemas import shown
from chalicelib.customers.lists.domain import Condition, ListedField, Op, ValueType, texts
from chalicelib.customers.lists.service import NEWEST, Listing, narrowed
from chalicelib.customers.search import service as search
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Table
from chalicelib.workspaces.settings.domain import Workspace


def _found(table: Table, workspace_id: str, query: str, limit: int) -> Sequence[str] | None:
    return search.ids(table=table, workspace_id=workspace_id, query=query, kind="contact", limit=limit)


def _holder(claim: Claim, table: Table, workspace_id: str) -> Sequence[str]:
    return list(claims.holders(table=table, workspace_id=workspace_id, claims=[claim]).values())


def _with_email(table: Table, workspace_id: str, value: str, limit: int) -> Sequence[str] | None:  # noqa: ARG001
    try:
        return _holder(Claim("email", normalise_email(value)), table, workspace_id)
    except InvalidError:
        return ()


def _with_phone(table: Table, workspace_id: str, value: str, limit: int) -> Sequence[str] | None:  # noqa: ARG001
    try:
        return _holder(Claim("phone", normalise_phone(value)), table, workspace_id)
    except InvalidError:
        return ()


def _read_many(table: Table, workspace_id: str, ids: Iterable[str]) -> dict[str, Contact]:
    return store.read_many(table, workspace_id, {each for each in ids if is_id(each)})


def _direct(
    table: Table, workspace: Workspace, conditions: Sequence[Condition], before: str, limit: int
) -> list[Contact] | None:
    """The newest contacts, or the newest of one company."""
    if not conditions:
        shards = workspace.shards_of("contacts")
        return store.recent(table, workspace.id, shards=shards, before=before, limit=limit)
    if len(conditions) == 1 and conditions[0].field.key == "company_id" and conditions[0].op is Op.IS:
        return store.of_company(table, workspace.id, conditions[0].values[0], before=before, limit=limit)
    return None


def _one(name: str) -> Any:
    return lambda contact: texts(getattr(contact, name))


LISTING: Listing[Contact] = Listing(
    kind="contact",
    collection="contacts",
    read_many=_read_many,
    everything=lambda workspace_id, shards: [contacts_partition(workspace_id, shard) for shard in range(shards)],
    custom=lambda contact: contact.custom,
    listed=lambda contact: not contact.gone,
    direct=_direct,
    aliases={"owner": "owner_id"},
    fields=(
        ListedField("name", ValueType.TEXT, lambda contact: texts(contact.display_name), index="name", sortable=True),
        ListedField("score", ValueType.NUMBER, lambda contact: (contact.score_total,), index="score", sortable=True),
        ListedField("owner_id", ValueType.MEMBER, _one("owner_id"), index="owner", sortable=True),
        ListedField("tag", ValueType.TAG, lambda contact: sorted(contact.tags), index="tag", several=True),
        ListedField(
            "lifecycle_stage", ValueType.EXACT, _one("lifecycle_stage"), index="stage", options=LIFECYCLE_STAGES
        ),
        ListedField("country", ValueType.EXACT, _one("country"), index="country"),
        ListedField("city", ValueType.TEXT, _one("city"), index="city"),
        ListedField("language", ValueType.EXACT, _one("language"), index="language"),
        ListedField("grade", ValueType.EXACT, _one("grade"), index="grade"),
        ListedField(
            "source",
            ValueType.EXACT,
            lambda contact: texts(contact.first_touch.source if contact.first_touch else ""),
            index="source",
        ),
        ListedField("interest", ValueType.TEXT, lambda contact: contact.interests, index="interest", several=True),
        ListedField(
            "company_id",
            ValueType.EXACT,
            _one("company_id"),
            partitions=lambda workspace_id, company_id, _: company_contacts_partition(workspace_id, company_id),
            table_index="gsi2",
        ),
        ListedField("q", ValueType.SEARCH, service.search_texts, lookup=_found),
        ListedField(
            "email", ValueType.TEXT, lambda contact: [each.address for each in contact.emails], lookup=_with_email
        ),
        ListedField(
            "phone", ValueType.EXACT, lambda contact: [each.number for each in contact.phones], lookup=_with_phone
        ),
        ListedField("company_name", ValueType.TEXT, _one("company_name")),
        ListedField("job_title", ValueType.TEXT, _one("job_title")),
        ListedField("birthday", ValueType.DATE, _one("birthday")),
        ListedField(
            "satisfaction",
            ValueType.NUMBER,
            lambda contact: () if contact.satisfaction is None else (contact.satisfaction,),
        ),
        ListedField("kyc_status", ValueType.EXACT, lambda contact: (contact.kyc.status,)),
        ListedField(
            "consent",
            ValueType.EXACT,
            lambda contact: [purpose for purpose in contact.consents if contact.consented(purpose)],
        ),
        ListedField("open_lead", ValueType.BOOLEAN, lambda contact: (bool(contact.open_lead_id),)),
        ListedField("created_at", ValueType.INSTANT, lambda contact: (contact.created_at,)),
        ListedField("updated_at", ValueType.INSTANT, lambda contact: (contact.updated_at,)),
    ),
)


def list_contacts(
    *,
    runtime: Runtime,
    workspace: Workspace,
    query: Mapping[str, Any] | None = None,
    conditions: Any = None,
    deleted: bool = False,
    sort: str = NEWEST,
    start: str | None = None,
    limit: int = 50,
    me: str = "",
) -> tuple[list[Contact], str | None]:
    """A page of contacts and the position after which the next starts: narrowed by a query's parameters and a filter, or, if
    ``deleted``, those in the bin, the last deleted first.
    """
    narrowing = narrowed(LISTING, runtime, workspace.id, query or {}, me=me)
    narrowing += LISTING.conditions(runtime, workspace.id, conditions, me=me)
    if not deleted:
        return LISTING.page(runtime, workspace, narrowing, sort, start, limit)
    if narrowing or sort != NEWEST:
        raise InvalidError("The bin is not narrowed or sorted.", field="deleted", code="not_with_filter")
    return store.in_bin(runtime.table, workspace.id, now=runtime.clock.now(), start=start, limit=limit)


def shown_contacts(
    *, custom: Callable[[Mapping[str, Any]], Mapping[str, Any]], **asked: Any
) -> tuple[list[dict[str, Any]], str | None]:
    """`list_contacts` as the API shows it; ``custom`` gives values by key for those by field id. The newest, of all or of a
    company, are shown straight from their items.
    """
    query: Mapping[str, Any] = asked.get("query") or {}
    plain = asked.get("sort", NEWEST) == NEWEST and not asked.get("deleted") and not asked.get("conditions")
    if plain and query.keys() <= {"company_id"}:
        runtime, workspace, limit = asked["runtime"], asked["workspace"], asked.get("limit", 50)
        before = asked.get("start") or ""
        if query:
            images = glance.of_company(runtime.table, workspace.id, query["company_id"], before=before, limit=limit)
        else:
            shards = workspace.shards_of("contacts")
            images = glance.recent(runtime.table, workspace.id, shards=shards, before=before, limit=limit)
        items = [glance.shown_image(image, custom) for image in images]
        return items, items[-1]["id"] if len(items) == limit else None
    found, following = list_contacts(**asked)
    return [shown(contact, custom(contact.custom) if contact.custom else {}) for contact in found], following
