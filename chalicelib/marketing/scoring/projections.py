"""What of scoring goes into the audit."""

from chalicelib.foundation.projection import Projection
from chalicelib.marketing.scoring.records import RulesRecord
from chalicelib.workspaces.audit.service import audited


def _subject(record: RulesRecord) -> str:
    return record.workspace_id


PROJECTIONS: dict[str, list[Projection]] = {
    "scoring_rules": [audited("scoring_rules", fields=("rules", "grades", "half_life"), subject=_subject)]
}
