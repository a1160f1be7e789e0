"""Submissions whose time is over."""

from datetime import datetime

from chalicelib.customers.retention.domain import Expired, Expiring
from chalicelib.foundation.ids import first_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.forms import store
from chalicelib.marketing.forms.records import SubmissionRecord, form_partition

_AGAIN, _AFTER = "=", ">"


class _Submissions:
    """Form by form, the oldest first: a submission stands under the time its form was opened. What was counted stays counted."""

    def expire(
        self, runtime: Runtime, workspace_id: str, *, before: datetime, start: str | None, limit: int
    ) -> Expired:
        """Delete a page of one form's."""
        table = runtime.table
        key = start[1:] if start is not None and start[0] == _AGAIN else ""
        if not key:
            forms = store.recent(table, workspace_id, before=start[1:] if start else "", limit=1)
            if not forms:
                return Expired(0, None)
            key = forms[0].key
        span = ("SUB#", f"SUB#{first_id(before)}")
        page = table.query(SubmissionRecord, form_partition(workspace_id, key), between=span, limit=limit)
        table.write_many([], deletes=[record.key for record in page.items])
        return Expired(len(page.items), (_AGAIN if page.next is not None else _AFTER) + key)


EXPIRING: Expiring = _Submissions()
