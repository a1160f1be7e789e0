"""What forms keep of a person, shown and erased."""

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.customers.contacts.addresses import normalise_email, normalise_phone
from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.privacy.domain import PersonalData
from chalicelib.customers.timeline.erasure import activities
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Key, Table
from chalicelib.marketing.forms import store
from chalicelib.marketing.forms.domain import Submission, SubmissionState
from chalicelib.marketing.forms.records import AcceptedRecord, SubmissionRecord, submission_key
from chalicelib.workspaces.audit.service import ERASURE as BY_ERASURE

_PAGE = 100


class _Submissions:
    """An accepted post is found from the person's timeline and stays as a number without its content. A post in quarantine is
    nobody's yet: it is looked for by address, and deleted.
    """

    def show(
        self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]
    ) -> list[Mapping[str, Any]]:
        """What the person posted."""
        found = [store.to_submission(record) for record in _accepted(runtime.table, workspace_id, contact)]
        found += list(_waiting(runtime.table, workspace_id, addresses))
        return [
            {
                "at": to_text(each.at),
                "form": each.form_key,
                "state": each.state.value,
                "values": dict(each.values),
                "page": each.page.url,
                "referrer": each.page.referrer,
            }
            for each in found
        ]

    def erase(self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]) -> int:
        """Empty the accepted ones, delete those that wait."""
        table, count = runtime.table, 0
        for record in _accepted(table, workspace_id, contact):
            if not record.values and not record.page:
                continue
            table.update(
                AcceptedRecord,
                record.key,
                [
                    AcceptedRecord.values.set({}),
                    AcceptedRecord.page.remove(),
                    AcceptedRecord.digest.set("erased"),
                    AcceptedRecord.changed_by.set(BY_ERASURE),
                    AcceptedRecord.updated_at.set(runtime.clock.now()),
                ],
            )
            count += 1
        waiting = [
            submission_key(workspace_id, each.form_key, each.id) for each in _waiting(table, workspace_id, addresses)
        ]
        table.write_many([], deletes=waiting)
        return count + len(waiting)


def _accepted(table: Table, workspace_id: str, contact: Contact) -> list[SubmissionRecord]:
    keys: dict[Key, None] = {}
    for _, activity in activities(table, workspace_id, contact):
        if activity.kind == "form_submitted":
            form_key, submission_id = str(activity.data["form_id"]), str(activity.data["submission_id"])
            keys[submission_key(workspace_id, form_key, submission_id)] = None
    return list(table.get_many(AcceptedRecord, keys, consistent=True).values()) if keys else []


def _waiting(table: Table, workspace_id: str, addresses: frozenset[str]) -> Iterator[Submission]:
    """Posts in quarantine that name one of these addresses."""
    if not addresses:
        return
    before = ""
    while True:
        forms = store.recent(table, workspace_id, before=before, limit=_PAGE)
        for form in forms:
            last = ""
            while True:
                page = store.submissions(
                    table, workspace_id, form.key, state=SubmissionState.QUARANTINED, before=last, limit=_PAGE
                )
                yield from (each for each in page if _names(each.values, addresses))
                if len(page) < _PAGE:
                    break
                last = page[-1].id
        if len(forms) < _PAGE:
            return
        before = forms[-1].key


def _names(values: Mapping[str, Any], addresses: frozenset[str]) -> bool:
    return any(_plain(str(value)) in addresses for value in values.values() if isinstance(value, str))


def _plain(text: str) -> str:
    """The text as an address or a number is kept; as it is when it is neither."""
    try:
        return normalise_email(text) if "@" in text else normalise_phone(text) if text[:1] == "+" else text
    except InvalidError:
        return text


ERASURE: PersonalData = _Submissions()
