"""What can be claimed."""

from typing import Literal, NamedTuple


class Claim(NamedTuple):
    """A normalised value that one holder may have."""

    what: Literal["email", "phone", "domain", "product"]
    value: str
