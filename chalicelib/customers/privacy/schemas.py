"""Privacy as the API shows and takes it."""

from typing import Annotated, Any

from pydantic import Field

from chalicelib.foundation.http import Schema
from chalicelib.foundation.http.schemas import Instant


class PersonalDataOut(Schema):
    """Everything that is kept of a person, by the part of the product that keeps it."""

    contact_id: str
    at: Instant
    kept: Annotated[dict[str, list[dict[str, Any]]], Field(description="Part of the product → what it keeps.")]
