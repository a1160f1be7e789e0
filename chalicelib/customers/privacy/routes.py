"""The routes of privacy."""

from chalicelib.customers.privacy import service
from chalicelib.customers.privacy.schemas import PersonalDataOut
from chalicelib.foundation.http import Answer, Call, Routes
from chalicelib.workspaces.jobs.schemas import JobOut

routes = Routes("privacy", __name__)


@routes.get("/contacts/{contact_id}/personal-data", permission=service.PERMISSION, returns=PersonalDataOut)
def get_personal_data(call: Call[None], contact_id: str) -> PersonalDataOut:
    """Everything that is kept of a person (access, article 15 of the GDPR)."""
    found = service.personal_data(runtime=call.runtime, workspace_id=call.workspace_id, contact_id=contact_id)
    kept = {name: [dict(each) for each in shown] for name, shown in found.items()}
    return PersonalDataOut.model_construct(contact_id=contact_id, at=call.runtime.clock.now(), kept=kept)


@routes.post("/contacts/{contact_id}/export", permission=service.PERMISSION, returns=JobOut, status=202)
def export_person(call: Call[None], contact_id: str) -> Answer:
    """The same as a file for the person: JSON for machines and pages in Spanish and English (portability, article 20)."""
    job = service.order_export(
        runtime=call.runtime,
        workspace_id=call.workspace_id,
        contact_id=contact_id,
        job_id=call.creation_id,
        actor=call.actor.reference,
    )
    return Answer(JobOut.of(job), 202, {"Location": f"/api/v1/jobs/{job.id}"})


@routes.post("/contacts/{contact_id}/erase", permission=service.PERMISSION, returns=JobOut, status=202)
def erase_person(call: Call[None], contact_id: str) -> Answer:
    """Erase a person for good, from everywhere (article 17). It cannot be taken back. The contact is gone at once; the job says
    when all the rest is.
    """
    job = service.order_erasure(
        runtime=call.runtime,
        workspace_id=call.workspace_id,
        contact_id=contact_id,
        job_id=call.creation_id,
        actor=call.actor.reference,
    )
    return Answer(JobOut.of(job), 202, {"Location": f"/api/v1/jobs/{job.id}"})
