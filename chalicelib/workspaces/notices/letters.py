"""A notice as a mail: HTML for mail readers, light and dark, and the same as plain text."""

from collections.abc import Sequence
from email.utils import formataddr

from chalicelib.foundation.mail import Attachment, compose
from chalicelib.workspaces.notices.domain import Letter
from chalicelib.workspaces.settings.domain import Workspace


def message(letter: Letter, *, workspace: Workspace, recipient: str, attachments: Sequence[Attachment] = ()) -> bytes:
    """The whole message for one recipient, from the workspace's sender."""
    from chalicelib.foundation.rendering import page  # brings Jinja

    html = page("workspaces/notices/letter.html", letter=letter)
    return compose(
        sender=formataddr((one_line(workspace.sender_name or workspace.name), workspace.sender_email)),
        recipient=recipient,
        subject=one_line(letter.subject),
        text=plain(letter),
        html=html,
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
        attachments=attachments,
    )


def plain(letter: Letter) -> str:
    """The letter as plain text."""
    parts = [letter.heading, *letter.paragraphs]
    if letter.quote:
        parts.append("\n".join(f"> {line}" for line in letter.quote.splitlines()))
    if letter.facts:
        parts.append("\n".join(f"{label}: {value}" for label, value in letter.facts))
    if letter.action:
        parts.append(f"{letter.action[0]}:\n{letter.action[1]}")
    if letter.footer:
        parts.append(f"-- \n{letter.footer}")
    return "\n\n".join(parts) + "\n"


def one_line(text: str) -> str:
    """Fit for a header: no line breaks or control characters, spaces single."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
