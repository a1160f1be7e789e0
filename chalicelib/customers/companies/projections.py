"""What follows from a change of a company."""

from chalicelib.customers.companies import service
from chalicelib.customers.companies.records import CompanyRecord
from chalicelib.customers.search.service import index
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change
from chalicelib.workspaces.audit.service import audited


def keep_words(change: Change, into: Derivation) -> None:
    """The words by which the company is found."""
    if not change.changed("name", "domain", "city"):
        return
    record = change.record
    assert isinstance(record, CompanyRecord)
    current = into.current(CompanyRecord, record.key)
    texts_old = [text for image in (change.old, change.new) for text in _texts(image)]
    title, subtitle, made = "", "", record.created_at
    if current is not None:
        company = service.company_of(current)
        title, made = company.name, company.created_at
        subtitle = " · ".join(part for part in (company.domain, company.city) if part)
    texts = _texts(current)
    index(into, record.workspace_id, "company", record.company_id, title, subtitle, texts_old, texts, at=made)


def _texts(record: object) -> list[str]:
    if not isinstance(record, CompanyRecord):
        return []
    return [record.name, record.domain or ""]


PROJECTIONS: dict[str, list[Projection]] = {
    "company": [
        keep_words,
        audited(
            "company",
            fields=("name", "domain", "city", "country", "tags"),
            subject=lambda record: record.company_id,
        ),
    ]
}
