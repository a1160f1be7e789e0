"""The order on the queue ``imports``."""

from datetime import datetime

from chalicelib.customers.imports.domain import Import
from chalicelib.foundation.messaging import Envelope

WORK = "import.work"


def work(importing: Import, at: datetime) -> Envelope:
    """Go on with an import, wherever it is."""
    identifier = f"{importing.id}:{importing.state}:{importing.version}"
    return Envelope(identifier, WORK, importing.workspace_id, at, {"import_id": importing.id})
