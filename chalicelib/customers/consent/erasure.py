"""What consent keeps of a person, shown and erased."""

from collections.abc import Mapping
from typing import Any

from chalicelib.customers.consent import service
from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.privacy.domain import PersonalData
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.runtime import Runtime

_PAGE = 100


class _Consents:
    """The ledger goes with the contact's partition. What stays is that the addresses must not be mailed, by keyed digests."""

    def show(
        self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]
    ) -> list[Mapping[str, Any]]:
        """Every yes and no with its proof, and the addresses that are suppressed."""
        rows: list[Mapping[str, Any]] = []
        for contact_id in contact.all_ids:
            before = ""
            while True:
                page = service.ledger(
                    table=runtime.table, workspace_id=workspace_id, contact_id=contact_id, before=before, limit=_PAGE
                )
                before = page[-1][0] if page else ""
                for _, entry in page:
                    shown = {
                        "purpose": entry.purpose,
                        "channel": entry.channel,
                        "state": entry.state.value,
                        "at": to_text(entry.at),
                        "source": entry.source,
                        "text": entry.text,
                        "source_ip": entry.source_ip,
                    }
                    rows.append({name: value for name, value in shown.items() if value})
                if len(page) < _PAGE:
                    break
        return rows + [
            {"suppressed": email, "reason": each.reason.value, "at": to_text(each.at)}
            for email, each in service.suppressed(
                table=runtime.table, signer=runtime.signer, workspace_id=workspace_id, emails=_emails(addresses)
            ).items()
        ]

    def erase(self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]) -> int:
        """Suppress the addresses, for the reason ``erased``, so that an import does not bring the person back into the mail."""
        return sum(
            service.suppress_erased(
                table=runtime.table, clock=runtime.clock, signer=runtime.signer, workspace_id=workspace_id, email=email
            )
            for email in _emails(addresses)
        )


def _emails(addresses: frozenset[str]) -> list[str]:
    return sorted(address for address in addresses if "@" in address)


ERASURE: PersonalData = _Consents()
