"""What follows from a change of a company."""

from chalicelib.customers.companies import events, service
from chalicelib.customers.companies.domain import Company
from chalicelib.customers.companies.listing import LISTING
from chalicelib.customers.companies.records import CompanyRecord
from chalicelib.customers.search.service import index
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change, Record
from chalicelib.workspaces.audit.service import audited

_AUDITED = (
    "name",
    "domain",
    "domains",
    "website",
    "industry",
    "size",
    "emails",
    "phones",
    "addresses",
    "city",
    "country",
    "owner_id",
    "tags",
    "parent_id",
    "description",
    "custom",
    "deleted_at",
    "merged_into",
)


def keep_words(change: Change, into: Derivation) -> None:
    """The words by which the company is found."""
    if not change.changed("name", "domain", "domains", "city", "deleted_at", "merged_into"):
        return
    record = change.record
    assert isinstance(record, CompanyRecord)
    current = _company(into.current(CompanyRecord, record.key))
    images = [image for image in (_company(change.old), _company(change.new)) if image is not None]
    texts_old = [text for image in images for text in service.search_texts(image)]
    title, subtitle, made = "", "", record.created_at
    texts: list[str] = []
    if current is not None and not current.gone:
        title, made, texts = current.name, current.created_at, service.search_texts(current)
        subtitle = " · ".join(part for part in (current.domain, current.city) if part)
    index(into, record.workspace_id, "company", record.company_id, title, subtitle, texts_old, texts, at=made)


def keep_listed(change: Change, into: Derivation) -> None:
    """The rows by which lists find the company."""
    record = change.record
    LISTING.keep_rows(
        into,
        workspace_id=record.workspace_id,
        old=_company(change.old),
        new=_company(change.new),
        current=lambda: _company(into.current(CompanyRecord, record.key)),
        made=record.created_at,
    )


def order_contacts(change: Change, into: Derivation) -> None:
    """The company's contacts are to have its new name; and to let go of it, when it is gone for good."""
    old, new = _company(change.old), _company(change.new)
    if old is not None and (new is None or old.name != new.name):
        into.fact("jobs", events.contacts_follow(old, new, cause=change.id, at=into.now))


def order_sweep(change: Change, into: Derivation) -> None:
    """What hangs on a company that is gone for good is to go."""
    old = _company(change.old)
    if change.new is None and old is not None:
        into.fact("jobs", events.sweep(old, cause=change.id, at=into.now))


def _company(record: Record | None) -> Company | None:
    return service.company_of(record) if isinstance(record, CompanyRecord) else None


PROJECTIONS: dict[str, list[Projection]] = {
    "company": [
        keep_words,
        keep_listed,
        order_contacts,
        order_sweep,
        audited("company", fields=_AUDITED, subject=lambda record: record.company_id),
    ]
}
