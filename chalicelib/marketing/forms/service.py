"""Making and changing forms, and taking in what people post."""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from chalicelib.customers.capture import service as capturing
from chalicelib.customers.capture.domain import Captured
from chalicelib.customers.consent.domain import ConsentGiven
from chalicelib.customers.contacts.addresses import normalise_email
from chalicelib.customers.contacts.domain import Touch
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, FieldError, InvalidError, NotFoundError, TooManyError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.memory import Memory
from chalicelib.foundation.signing import Signer
from chalicelib.foundation.table import Operation, Table
from chalicelib.marketing.confirmations import service as confirmations
from chalicelib.marketing.forms import store, suspicion, tokens
from chalicelib.marketing.forms.domain import (
    Counts,
    Form,
    FormState,
    Post,
    Submission,
    SubmissionState,
    check,
    text_in,
    with_versions,
)
from chalicelib.marketing.forms.records import SubmissionRecord
from chalicelib.marketing.forms.values import person_in, read_values
from chalicelib.marketing.forms.words import say
from chalicelib.workspaces.settings import service as settings

BELIEVED = 30.0
"""Seconds for which a function goes on with a form it has read: a change of a form is everywhere after them."""

_forms: "WeakKeyDictionary[Table, Memory[str, Form | None]]" = WeakKeyDictionary()


class ClosedError(NotFoundError):
    """The form takes no posts at the moment."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the person is told: always the same, whether the post was accepted or put into quarantine. ``asked``: what was ticked is
    to be confirmed by mail.
    """

    submission_id: str
    message: str
    redirect_url: str
    asked: bool = False


# Definitions


def get_form(*, table: Table, workspace_id: str, form_key: str) -> Form:
    """The workspace's form as it is now; `NotFoundError` when there is none."""
    found = store.read(table, workspace_id, form_key, consistent=True) if is_id(form_key) else None
    if found is None:
        raise NotFoundError("There is no such form.")
    return found


def list_forms(*, table: Table, workspace_id: str, before: str = "", limit: int = 50) -> list[Form]:
    """The newest forms, newest first."""
    return store.recent(table, workspace_id, before=before, limit=limit)


def counts(*, table: Table, workspace_id: str, form_keys: Sequence[str]) -> dict[str, Counts]:
    """How many posts each form has had."""
    return store.counts(table, workspace_id, form_keys)


def create_form(*, table: Table, form: Form) -> Form:
    """Make a form. `InvalidError` names what cannot work; making the same key again in its workspace gives the one there is."""
    check(form)
    form = replace(form, consents=with_versions(form.consents, ()), version=1)
    try:
        store.create(table, form)
    except ConflictError as conflict:
        if isinstance(conflict.current, Form):
            return conflict.current
        raise
    _memory(table).forget(form.key)
    return form


def change_form(*, table: Table, clock: Clock, form: Form) -> Form:
    """Replace the form that stood at ``form.version``; a consent whose wording is another gets its next version.
    `ConflictError` carries the present `Form`.
    """
    check(form)
    present = get_form(table=table, workspace_id=form.workspace_id, form_key=form.key)
    if present.version != form.version:
        raise ConflictError(current=present)
    form = replace(
        form,
        consents=with_versions(form.consents, present.consents),
        created_at=present.created_at,
        updated_at=clock.now(),
    )
    store.replace(table, form)
    _memory(table).forget(form.key)
    return replace(form, version=form.version + 1)


def delete_form(*, table: Table, workspace_id: str, form_key: str) -> None:
    """Delete a form. Its submissions stay with their contacts."""
    get_form(table=table, workspace_id=workspace_id, form_key=form_key)
    store.delete(table, workspace_id, form_key)
    _memory(table).forget(form_key)


# The public side


def public_form(*, table: Table, form_key: str) -> Form:
    """The form with this public key, at most 30 seconds old. `NotFoundError` when there is none, `ClosedError` while paused."""
    if not is_id(form_key):
        raise NotFoundError("There is no such form.")
    form = _memory(table).get(form_key, time.monotonic(), lambda: store.find(table, form_key))
    if form is None:
        _memory(table).forget(form_key)  # it may be made in the next second
        raise NotFoundError("There is no such form.")
    if form.state is FormState.PAUSED:
        raise ClosedError("This form is closed.")
    return form


def submit(
    *, table: Table, clock: Clock, signer: Signer, form: Form, post: Post, language: str, source_ip: str
) -> Receipt:
    """Take in a post: accepted as contact, lead, consents and submission in one transaction, or put into quarantine. The language
    is the one that the form was shown in, as its token says; ``language`` stands in where it does not.

    Raises:
        InvalidError: names the token, every wrong value (``values.email``) and every consent that is missing; nothing is stored.
        TooManyError: the form has taken as many posts as it may in this minute.
    """
    now = clock.now()
    workspace = settings.get_workspace(table=table, workspace_id=form.workspace_id)
    nonce = ""
    errors: list[FieldError] = []
    try:
        nonce, shown_in = tokens.redeem(signer, post.token, form_key=form.key, now=now)
    except InvalidError as error:
        errors += error.fields
    else:
        language = shown_in or language
    values, wrong = read_values(form, post.values, language=language, time_zone=workspace.time_zone)
    errors += [*wrong, *_consent_errors(form, post, language)]
    if errors:
        raise InvalidError("Some values are not valid.", fields=errors)
    if not store.take_turn(table, form, now):
        raise TooManyError("Too many posts of this form in this minute.", retry_after=60 - now.second)
    ticked = [consent for consent in form.consents if consent.id in post.consents]
    submission = Submission(
        workspace_id=form.workspace_id,
        form_key=form.key,
        id=nonce,
        state=SubmissionState.QUARANTINED,
        at=now,
        values=values,
        consents=tuple((consent.id, consent.version) for consent in ticked),
        language=language,
        page=post.page,
        digest=_digest(values, post),
        reason=suspicion.reason(form, values, post.trap),
        source_ip=source_ip,
    )
    asked = bool(form.double_opt_in and ticked and person_in(form, values).get("email"))
    receipt = Receipt(nonce, thank_you(form, language, asked=asked), form.redirect_url, asked)
    try:
        if submission.reason:
            store.quarantine(table, submission)
        else:
            _capture(table, clock, form, submission, actor="public")
    except ConflictError as conflict:
        if not _is_repetition(conflict.current, submission, post):
            raise InvalidError("This token was used before.", field="token", code="reused") from conflict
    return receipt


def thank_you(form: Form, language: str, *, asked: bool = False) -> str:
    """What the person reads afterwards; with ``asked`` also that a mail waits to be confirmed."""
    text = text_in(form.thank_you, language) or say("thanks", language)
    return f"{text} {say('confirm_by_mail', language)}" if asked else text


def list_submissions(
    *,
    table: Table,
    workspace_id: str,
    form_key: str,
    state: SubmissionState | None = None,
    before: str = "",
    limit: int = 50,
) -> list[Submission]:
    """The form's newest submissions, newest first. `NotFoundError` without the form."""
    get_form(table=table, workspace_id=workspace_id, form_key=form_key)
    return store.submissions(table, workspace_id, form_key, state=state, before=before, limit=limit)


def release(
    *, table: Table, clock: Clock, workspace_id: str, form_key: str, submission_id: str, released_by: str
) -> Submission:
    """Accept a quarantined submission after all, with the time and touch it had; an accepted one is given back as it is."""
    form = get_form(table=table, workspace_id=workspace_id, form_key=form_key)
    submission = (
        store.read_submission(table, workspace_id, form_key, submission_id, consistent=True)
        if is_id(submission_id)
        else None
    )
    if submission is None:
        raise NotFoundError("There is no such submission.")
    if submission.state is SubmissionState.ACCEPTED:
        return submission
    released = replace(submission, released_at=clock.now(), released_by=released_by)
    _capture(table, clock, form, released, actor=released_by)
    after = store.read_submission(table, workspace_id, form_key, submission_id, consistent=True)
    assert after is not None
    return after


def _capture(table: Table, clock: Clock, form: Form, submission: Submission, *, actor: str) -> None:
    """Capture the person, with the submission beside; `AlreadyCapturedError` when the token was used."""
    workspace = settings.get_workspace(table=table, workspace_id=form.workspace_id)
    agreed = dict(submission.consents)
    given = [
        ConsentGiven(
            consent.purpose,
            text_in(consent.text, submission.language),
            f"{form.key}/{consent.id}/{consent.version}/{submission.language}",
        )
        for consent in form.consents
        if agreed.get(consent.id) == consent.version
    ]

    person = person_in(form, submission.values)
    asked: list[ConsentGiven] = []
    if form.double_opt_in and person.get("email"):
        asked, given = given, []  # who leaves no address cannot be asked

    def beside(captured: Captured) -> list[Operation]:
        kept = replace(
            submission,
            state=SubmissionState.ACCEPTED,
            contact_id=captured.contact_id,
            lead_id=captured.lead_id,
            reason="",
            source_ip="",
        )
        operations: list[Operation] = [store.release(kept) if submission.released_at else store.accepted(kept)]
        if asked:
            operations.append(
                confirmations.waiting(
                    workspace_id=form.workspace_id,
                    form_key=form.key,
                    contact_id=captured.contact_id,
                    email=normalise_email(str(person["email"])),
                    given=asked,
                    language=submission.language,
                    source_ip=submission.source_ip,
                    now=clock.now(),
                )
            )
        return operations

    capturing.capture(
        table=table,
        clock=clock,
        workspace=workspace,
        values={**person, "language": submission.language},
        touch=touch_of(form, submission),
        consents=given,
        tags=form.tags,
        source=f"form:{form.key}",
        source_ip=submission.source_ip,
        actor=actor,
        extra=beside,
    )


def touch_of(form: Form, submission: Submission) -> Touch:
    """Where the person came from. Without a campaign the form's own source counts, then the site they came from."""
    page = submission.page
    utm = page.utm
    return Touch(
        at=submission.at,
        source=utm.get("source") or form.source or _site(page.referrer, page.url) or "direct",
        medium=utm.get("medium", ""),
        campaign=utm.get("campaign", ""),
        term=utm.get("term", ""),
        content=utm.get("content", ""),
        referrer=page.referrer,
        landing_page=page.url,
        form_id=form.key,
    )


def _site(referrer: str, url: str) -> str:
    """The site that sent the person, unless it is the one that the form is on."""
    try:
        sender, here = urlsplit(referrer).hostname or "", urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return sender.removeprefix("www.") if sender and sender != here else ""


def _consent_errors(form: Form, post: Post, language: str) -> list[FieldError]:
    errors = [
        FieldError(f"consents.{consent.id}", say("consent", language), "missing")
        for consent in form.consents
        if consent.required and consent.id not in post.consents
    ]
    known = {consent.id for consent in form.consents}
    errors += [
        FieldError(f"consents.{position}", say("unknown_consent", language), "unknown")
        for position, id_ in enumerate(post.consents)
        if id_ not in known
    ]
    return errors[:20]


def _digest(values: Mapping[str, object], post: Post) -> str:
    content = json.dumps([values, sorted(post.consents), post.idempotency_key], sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def _is_repetition(present: object, submission: Submission, post: Post) -> bool:
    """Whether the same was posted before: a plain form sent twice by a double click, or JSON with its Idempotency-Key."""
    same = isinstance(present, SubmissionRecord) and present.digest == submission.digest
    return same and (post.html or bool(post.idempotency_key))


def new_token(*, signer: Signer, form: Form, nonce: str, language: str) -> str:
    """A token for one post of this form, shown in this language."""
    return tokens.issue(signer, form_key=form.key, nonce=nonce, language=language)


def _memory(table: Table) -> "Memory[str, Form | None]":
    return _forms.setdefault(table, Memory(seconds=BELIEVED))
