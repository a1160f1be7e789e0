"""How addresses and numbers stand in items: short, for every contact has some."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from chalicelib.customers.contacts.domain import EmailAddress, Kyc, PhoneNumber, PostalAddress


def packed(value: str, given: EmailAddress | PhoneNumber) -> list[Any]:
    """``[address]``, ``[address, label]`` or ``[address, label, 1]`` for the primary."""
    if given.primary:
        return [value, given.label, 1]
    return [value, given.label] if given.label else [value]


def parts(raw: Sequence[Any]) -> tuple[str, str, bool]:
    """Address (or number), label, and whether it is the primary: the other way round."""
    return raw[0], raw[1] if len(raw) > 1 else "", len(raw) > 2


def filled(value: PostalAddress | Kyc) -> dict[str, Any]:
    """What of it is said."""
    given = {each.name: getattr(value, each.name) for each in fields(value)}
    return {name: each for name, each in given.items() if each}


def shard_in(list_partition: str | None) -> int:
    """The shard in a list's partition; what stands in no list, or in the bin, gets one when it comes back."""
    number = (list_partition or "").rpartition("#")[2]
    return int(number) if number.isdigit() else 0
