"""Sending a notice once at most, whoever asks for it and however often."""

from chalicelib.foundation import observability
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.mail import MailDeferredError, Mailer, MailRefusedError, MailUnknownError
from chalicelib.foundation.table import Table, message_index
from chalicelib.workspaces.notices.domain import NoticeState
from chalicelib.workspaces.notices.records import NoticeRecord, notice_key

_KEPT_DAYS = 60  # longer than a message can wait in a queue and its dead-letter queue together


def send_once(
    *,
    table: Table,
    clock: Clock,
    mailer: Mailer,
    workspace_id: str,
    notice_id: str,
    source: str,
    recipient: str,
    mime: bytes,
) -> NoticeState:
    """Send the message unless a notice of this id was claimed before; what has become of it.

    The claim is written first: a sender that dies after it leaves a mail that may be missing, never one that comes twice.
    ``notice_id`` says what the mail is about and for whom (a derived id). `MailDeferredError` when it was certainly not sent and
    may work later: the claim is taken back, and whoever asked is to ask again.
    """
    now = clock.now()
    key = notice_key(workspace_id, notice_id)
    claim = NoticeRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=workspace_id,
        created_at=now,
        expires_at=int(now.timestamp()) + _KEPT_DAYS * 86400,
        state=NoticeState.CLAIMED.value,
    )
    try:
        table.create(claim)
    except ConflictError as conflict:
        if not isinstance(conflict.current, NoticeRecord):
            raise
        return NoticeState(conflict.current.state)
    tags = {"purpose": "notice", "workspace": workspace_id, "notice": notice_id}
    state, reason, message_id = NoticeState.SENT, "", ""
    try:
        message_id = mailer.send(source=source, recipient=recipient, mime=mime, tags=tags)
    except MailDeferredError:
        table.delete(key, condition=NoticeRecord.state == NoticeState.CLAIMED.value)
        raise
    except MailRefusedError as error:
        state, reason = NoticeState.REFUSED, error.code
    except MailUnknownError:
        state = NoticeState.UNKNOWN
    actions = [NoticeRecord.state.set(state.value), NoticeRecord.updated_at.set(clock.now())]
    if message_id:
        # By its id the provider's events are known for a notice's, where they do not bring our tags back.
        actions += [
            NoticeRecord.message_id.set(message_id),
            NoticeRecord.gsi2pk.set(message_index(message_id)),
            NoticeRecord.gsi2sk.set(notice_id),
        ]
    if reason:
        actions.append(NoticeRecord.reason.set(reason))
    table.update(NoticeRecord, key, actions)
    observability.logger().info(
        "notice", extra={"workspace_id": workspace_id, "notice_id": notice_id, "state": state.value}
    )
    return state


def state_of(*, table: Table, workspace_id: str, notice_id: str) -> NoticeState | None:
    """What has become of a notice; None while nobody has claimed it."""
    record = table.get(NoticeRecord, notice_key(workspace_id, notice_id))
    return None if record is None else NoticeState(record.state)
