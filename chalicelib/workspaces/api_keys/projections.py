"""What of API keys goes into the audit."""

from chalicelib.foundation.projection import Projection
from chalicelib.workspaces.api_keys.records import ApiKeyRecord
from chalicelib.workspaces.audit.service import audited


def _subject(record: ApiKeyRecord) -> str:
    return str(record.id)


PROJECTIONS: dict[str, list[Projection]] = {
    "api_key": [audited("api_key", fields=("name", "prefix", "scopes", "valid_until"), subject=_subject)]
}
