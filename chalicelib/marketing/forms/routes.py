"""Forms: their management, their public definition, and the posts that come in."""

from dataclasses import replace

from chalicelib.foundation.http import PUBLIC, Answer, Call, Page, PageQuery, Routes
from chalicelib.marketing.forms import posts, service
from chalicelib.marketing.forms.domain import Form, Post
from chalicelib.marketing.forms.schemas import (
    FormChange,
    FormIn,
    FormOut,
    HostedQuery,
    PublicForm,
    PublicQuery,
    ReceiptOut,
    SubmissionIn,
    SubmissionOut,
    SubmissionsQuery,
)

routes = Routes("forms", __name__)


@routes.get("/forms", permission="forms:read", query=PageQuery, returns=Page[FormOut])
def list_forms(call: Call[None]) -> Page[FormOut]:
    """The workspace's forms, newest first."""
    table, cursors, workspace_id, limit = call.runtime.table, call.runtime.cursors, call.workspace_id, call.query.limit
    position = cursors.read(workspace_id, "forms", call.query.cursor)
    before = position[0] if position else ""
    found = service.list_forms(table=table, workspace_id=workspace_id, before=before, limit=limit)
    counts = service.counts(table=table, workspace_id=workspace_id, form_keys=[form.key for form in found])
    cursor = cursors.write(workspace_id, "forms", [found[-1].key]) if len(found) == limit else None
    return Page[FormOut](items=[FormOut.of(form, counts.get(form.key)) for form in found], next_cursor=cursor)


@routes.post("/forms", permission="forms:write", body=FormIn, returns=FormOut, status=201)
def create_form(call: Call[FormIn]) -> Answer:
    """Make a form."""
    now = call.runtime.clock.now()
    wanted = Form(
        workspace_id=call.workspace_id,
        key=call.creation_id,
        created_at=now,
        updated_at=now,
        changed_by=call.actor.reference,
        **call.body.values(),
    )
    form = service.create_form(table=call.runtime.table, form=wanted)
    return Answer(FormOut.of(form), 201, {"Location": f"/api/v1/forms/{form.key}/settings"})


@routes.get("/forms/{form_key}/settings", permission="forms:read", returns=FormOut)
def get_form_settings(call: Call[None], form_key: str) -> FormOut:
    """One form with everything about it."""
    table, workspace_id = call.runtime.table, call.workspace_id
    form = service.get_form(table=table, workspace_id=workspace_id, form_key=form_key)
    counts = service.counts(table=table, workspace_id=workspace_id, form_keys=[form_key])
    return FormOut.of(form, counts.get(form_key))


@routes.put(
    "/forms/{form_key}/settings", permission="forms:write", body=FormChange, returns=FormOut, present=FormOut.of
)
def put_form_settings(call: Call[FormChange], form_key: str) -> FormOut:
    """Replace a form's definition. Within 30 seconds everybody sees the new one."""
    table, clock, workspace_id = call.runtime.table, call.runtime.clock, call.workspace_id
    present = service.get_form(table=table, workspace_id=workspace_id, form_key=form_key)
    wanted = replace(present, **call.body.values(), version=call.body.version, changed_by=call.actor.reference)
    form = service.change_form(table=table, clock=clock, form=wanted)
    counts = service.counts(table=table, workspace_id=workspace_id, form_keys=[form_key])
    return FormOut.of(form, counts.get(form_key))


@routes.delete("/forms/{form_key}/settings", permission="forms:write")
def delete_form(call: Call[None], form_key: str) -> None:
    """Delete a form. Contacts and leads that came through it stay."""
    service.delete_form(table=call.runtime.table, workspace_id=call.workspace_id, form_key=form_key)


@routes.get(
    "/forms/{form_key}/submissions", permission="forms:read", query=SubmissionsQuery, returns=Page[SubmissionOut]
)
def list_submissions(call: Call[None], form_key: str) -> Page[SubmissionOut]:
    """What was posted, newest first; ``state=quarantined`` waits for somebody to look at it."""
    cursors, workspace_id, query = call.runtime.cursors, call.workspace_id, call.query
    name = f"submissions:{form_key}:{query.state}"
    position = cursors.read(workspace_id, name, query.cursor)
    found = service.list_submissions(
        table=call.runtime.table,
        workspace_id=workspace_id,
        form_key=form_key,
        state=query.state,
        before=position[0] if position else "",
        limit=query.limit,
    )
    cursor = cursors.write(workspace_id, name, [found[-1].id]) if len(found) == query.limit else None
    return Page[SubmissionOut](items=[SubmissionOut.of(submission) for submission in found], next_cursor=cursor)


@routes.post("/forms/{form_key}/submissions/{submission_id}/release", permission="forms:write", returns=SubmissionOut)
def release_submission(call: Call[None], form_key: str, submission_id: str) -> SubmissionOut:
    """Accept a quarantined post: it becomes a contact and a lead now."""
    submission = service.release(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        form_key=form_key,
        submission_id=submission_id,
        released_by=call.actor.reference,
    )
    return SubmissionOut.of(submission)


# In public


@routes.get("/forms/{form_key}", permission=PUBLIC, query=PublicQuery, returns=PublicForm)
def get_form(call: Call[None], form_key: str) -> PublicForm:
    """A form to be filled in, with the token for one post of it."""
    form = service.public_form(table=call.runtime.table, form_key=form_key)
    language = form.language_for([call.query.language[:2].lower(), *call.languages])
    token = service.new_token(signer=call.runtime.signer, form=form, nonce=call.creation_id, language=language)
    return PublicForm.of(form, language, token)


@routes.post(
    "/forms/{form_key}/submissions",
    permission=PUBLIC,
    body=SubmissionIn,
    returns=ReceiptOut,
    status=202,
    raw=True,
    body_limit=posts.BODY_LIMIT,
    media_types=posts.MEDIA_TYPES,
    errors=(429,),
)
def submit_form(call: Call[None], form_key: str) -> Answer:
    """Post a form: JSON, or a plain HTML form (fields by their names, ``consent`` boxes, ``token``), which is answered with a page."""
    if posts.is_html(call.headers):
        from chalicelib.marketing.forms import hosted

        return hosted.submit(call, form_key)
    form = service.public_form(table=call.runtime.table, form_key=form_key)
    post = posts.read(call.headers, call.raw_body)
    receipt = _submit(call, form, post, form.language_for([post.language[:2], *call.languages]))
    shown = {"redirect_url": receipt.redirect_url} if receipt.redirect_url else {"message": receipt.message}
    return Answer(ReceiptOut(submission_id=receipt.submission_id, **shown), 202)


def _submit(call: Call[None], form: Form, post: Post, language: str) -> service.Receipt:
    return service.submit(
        table=call.runtime.table,
        clock=call.runtime.clock,
        signer=call.runtime.signer,
        form=form,
        post=post,
        language=language,
        source_ip=call.source_ip,
    )


# Pages


@routes.get("/f/{form_key}", permission=PUBLIC, query=HostedQuery, raw=True, base="")
def show_form(call: Call[None], form_key: str) -> Answer:
    """The hosted form."""
    from chalicelib.marketing.forms import hosted

    return hosted.show(call, form_key)


@routes.get("/f/{form_key}/thanks", permission=PUBLIC, query=HostedQuery, raw=True, base="")
def show_thanks(call: Call[None], form_key: str) -> Answer:
    """What people see after a plain HTML post."""
    from chalicelib.marketing.forms import hosted

    return hosted.thanks(call, form_key)
