"""What follows from a row of the ledger."""

from chalicelib.customers.consent import service
from chalicelib.customers.contacts.domain import ConsentState
from chalicelib.customers.timeline.service import entry
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change
from chalicelib.workspaces.audit.service import audited


def note(change: Change, into: Derivation) -> None:
    """A timeline entry for each yes and no."""
    if change.new is None or change.old is not None:
        return
    said = service.entry_of(change.new)
    kind = "consent_granted" if said.state is ConsentState.GRANTED else "consent_withdrawn"
    data = {"purpose": said.purpose, "source": said.source, "text_version": said.text_version, "ledger_id": said.id}
    into.put(
        entry(
            workspace_id=said.workspace_id,
            contact_id=said.contact_id,
            at=said.at,
            kind=kind,
            id=derived_id(said.at, kind, said.contact_id, said.purpose, said.id),
            data={name: value for name, value in data.items() if value},
            actor=said.actor,
        )
    )


PROJECTIONS: dict[str, list[Projection]] = {
    "consent": [note, audited("consent", fields=("purpose", "state"), subject=lambda record: record.contact_id)],
    "consent_purposes": [audited("purposes", fields=("purposes",), subject=lambda record: record.workspace_id)],
    # the subject is the address's keyed digest: the audit does not know the address either
    "suppression": [
        audited("suppression", fields=("reason", "source"), subject=lambda record: str(record.pk.rpartition("#")[2]))
    ],
}
