"""The one root of every error the product raises on purpose.

::

    ClientelaError
     ├─ InvalidError        a value the caller sent is wrong; names each field
     ├─ AuthenticationError nobody we know
     ├─ ForbiddenError      known, and not allowed
     ├─ NotFoundError       no such thing in this workspace (also: not yours)
     ├─ ConflictError       somebody else changed it first; carries the current record
     ├─ TooLargeError       the body is longer than the route takes
     ├─ UnsupportedError    the body is of a media type this route does not take
     ├─ TooManyError        slow down; carries the seconds to wait
     └─ UnavailableError    something we need did not answer; trying again may help

Status codes are given to them only in ``foundation/http/errors.py``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong value: where (``values.email``), why (for people) and a stable code (for programs)."""

    field: str
    message: str
    code: str = "invalid"


class ClientelaError(Exception):
    """Anything the product refuses or fails at on purpose. ``str(error)`` may be shown to the caller."""


class InvalidError(ClientelaError):
    """The request can be read but not accepted; ``fields`` says which values and why."""

    def __init__(self, detail: str = "", *, fields: Sequence[FieldError] = (), field: str = "", code: str = "invalid"):
        self.fields = tuple(fields) or ((FieldError(field, detail, code),) if field else ())
        super().__init__(detail or "; ".join(f"{error.field}: {error.message}" for error in self.fields))


class AuthenticationError(ClientelaError):
    """No credentials, or none that we accept. The text never says which part was wrong."""


class ForbiddenError(ClientelaError):
    """We know who asks, and they may not do this."""


class NotFoundError(ClientelaError):
    """There is no such thing in this workspace. Another workspace's things do not exist either. ``members`` are further
    members of the problem document (``merged_into``).
    """

    def __init__(self, detail: str = "", *, members: Mapping[str, str] | None = None):
        self.members = dict(members or {})
        super().__init__(detail)


class ConflictError(ClientelaError):
    """A condition on a write did not hold. ``current`` is the record as it is now, where we could read it."""

    def __init__(self, detail: str = "The record has changed since it was read.", *, current: Any = None):
        self.current = current
        super().__init__(detail)


class TooLargeError(ClientelaError):
    """The request body is longer than this route accepts."""


class UnsupportedError(ClientelaError):
    """The request body is of a media type this route does not take."""


class TooManyError(ClientelaError):
    """The caller goes too fast; ``retry_after`` is in whole seconds."""

    def __init__(self, detail: str, *, retry_after: int):
        self.retry_after = retry_after
        super().__init__(detail)


class UnavailableError(ClientelaError):
    """A service we depend on did not answer in time, after the retries that are safe."""


def problem_fields(errors: Sequence[FieldError]) -> list[Mapping[str, str]]:
    """Field errors as they stand in a problem document."""
    return [{"field": error.field, "message": error.message, "code": error.code} for error in errors]
