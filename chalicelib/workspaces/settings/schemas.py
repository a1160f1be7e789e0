"""The workspace as the API shows and takes it."""

from typing import Annotated, Literal, Self

from pydantic import Field

from chalicelib.foundation.http import Schema, Versioned
from chalicelib.workspaces.settings.domain import Workspace

Name = Annotated[str, Field(min_length=1, max_length=100)]
Email = Annotated[str, Field(max_length=254, pattern=r"^$|^[^@\s]{1,64}@[^@\s]+\.[^@\s]+$")]


class Sender(Schema):
    """Who mails come from, unless a campaign says otherwise."""

    name: Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f]*$")] = ""
    email: Email = ""


class WorkspaceOut(Schema):
    """A workspace."""

    id: str
    name: str
    language: str
    time_zone: str
    currency: str
    postal_address: str
    sender: Sender
    version: int

    @classmethod
    def of(cls, workspace: Workspace) -> Self:
        """The workspace as shown."""
        return cls(
            id=workspace.id,
            name=workspace.name,
            language=workspace.language,
            time_zone=workspace.time_zone,
            currency=workspace.currency,
            postal_address=workspace.postal_address,
            sender=Sender.model_construct(name=workspace.sender_name, email=workspace.sender_email),
            version=workspace.version,
        )


class WorkspaceChange(Versioned):
    """What of a workspace is to be changed; what is left out stays."""

    name: Name | None = None
    language: Literal["es", "en"] | None = None
    time_zone: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    postal_address: Annotated[str, Field(max_length=300)] | None = None
    sender: Sender | None = None

    def changes(self) -> dict[str, object]:
        """The changes by the names of the domain."""
        changes: dict[str, object] = self.model_dump(exclude_none=True, exclude={"version", "sender"})
        if self.sender is not None:
            changes |= {"sender_name": self.sender.name, "sender_email": self.sender.email}
        return changes
