"""Contacts as vCards (version 3.0, RFC 2426, which every address book reads), and vCards of any version as rows of texts."""

import re
from typing import Any

from chalicelib.customers.contacts.domain import Contact, PostalAddress

COLUMNS = (
    "Full name",
    "First name",
    "Last name",
    "Title",
    "Company",
    "Job title",
    "Email",
    "Email 2",
    "Email 3",
    "Phone",
    "Phone 2",
    "Phone 3",
    "Street",
    "City",
    "Region",
    "Postal code",
    "Country",
    "Birthday",
    "Tags",
    "Language",
)
"""What `read_card` takes out of a card, in this order."""

_PLAIN_TYPES = re.compile(r"[a-z0-9-]{1,20}\Z")


def write_card(contact: Contact) -> str:
    """The contact as a card, with CRLF line ends."""
    import vobject

    card = vobject.vCard()
    card.add("n").value = vobject.vcard.Name(family=contact.last_name, given=contact.first_name, prefix=contact.title)
    card.add("fn").value = contact.display_name
    if contact.company_name:
        card.add("org").value = [contact.company_name]
    if contact.job_title:
        card.add("title").value = contact.job_title
    for email in contact.emails:
        _typed(card.add("email"), email.address, ["INTERNET", email.label], preferred=email.primary)
    for phone in contact.phones:
        _typed(card.add("tel"), phone.number, [phone.label or "voice"], preferred=phone.primary)
    for address in contact.addresses or _flat(contact):
        _typed(card.add("adr"), _adr(address), [address.label], preferred=address.primary)
    if contact.birthday:
        card.add("bday").value = contact.birthday
    if contact.tags:
        card.add("categories").value = sorted(contact.tags)
    card.add("uid").value = contact.id
    card.add("rev").value = contact.updated_at.strftime("%Y%m%dT%H%M%SZ")
    text: str = card.serialize()
    return text


def read_card(text: str) -> list[str]:
    """The cells of `COLUMNS`, empty where the card says nothing; ``ValueError`` when it is no card."""
    import vobject

    try:
        card = vobject.readOne(_without_pictures(text), allowQP=True)
        if card is None or card.name != "VCARD":
            raise ValueError("no card")
        return _cells(card)
    except (vobject.base.ParseError, LookupError, AttributeError, TypeError, UnicodeError) as error:
        raise ValueError("this card cannot be read") from error


def _cells(card: Any) -> list[str]:
    found = dict.fromkeys(COLUMNS, "")
    contents = card.contents
    found["Full name"] = _text(_first(contents, "fn"))
    name = _first(contents, "n")
    if name is not None and hasattr(name.value, "given"):
        found["First name"] = " ".join(filter(None, (_joined(name.value.given), _joined(name.value.additional))))
        found["Last name"], found["Title"] = _joined(name.value.family), _joined(name.value.prefix)
    organisation = _first(contents, "org")
    if organisation is not None:
        value = organisation.value
        found["Company"] = str(value[0]).strip() if isinstance(value, list) and value else str(value or "").strip()
    found["Job title"] = _text(_first(contents, "title"))
    for name_, column in (("email", "Email"), ("tel", "Phone")):
        for position, entry in enumerate(_preferred_first(contents.get(name_, []))[:3], 1):
            value = _text(entry).removeprefix("mailto:").removeprefix("tel:")
            found[column if position == 1 else f"{column} {position}"] = value
    address = next(iter(_preferred_first(contents.get("adr", []))), None)
    if address is not None and hasattr(address.value, "street"):
        place = address.value
        found["Street"], found["City"], found["Region"] = map(_joined, (place.street, place.city, place.region))
        found["Postal code"], found["Country"] = _joined(place.code), _joined(place.country)
    found["Birthday"] = _birthday(_text(_first(contents, "bday")))
    categories = [value for entry in contents.get("categories", []) for value in entry.value]
    found["Tags"] = ", ".join(str(value).strip() for value in categories if str(value).strip())
    found["Language"] = _text(_first(contents, "lang"))
    return list(found.values())


def _first(contents: Any, name: str) -> Any:
    return next(iter(contents.get(name, [])), None)


def _text(entry: Any) -> str:
    return "" if entry is None else str(entry.value).strip()


def _joined(value: Any) -> str:
    parts = value if isinstance(value, list) else [value]
    return ", ".join(str(part).strip() for part in parts if part and str(part).strip())


def _preferred_first(entries: list[Any]) -> list[Any]:
    def preferred(entry: Any) -> bool:
        types = {each.lower() for value in entry.params.get("TYPE", []) for each in str(value).split(",")}
        return "pref" in types or "PREF" in entry.params

    return sorted(entries, key=lambda entry: not preferred(entry))


def _birthday(text: str) -> str:
    """``19900131`` and ``1990-01-31T…`` as a date; without a year it is none that we can keep."""
    match = re.match(r"(\d{4})-?(\d{2})-?(\d{2})", text)
    return "-".join(match.groups()) if match else ""


def _without_pictures(text: str) -> str:
    """The card without photos, logos, sounds and keys, which may be megabytes long."""
    kept, skipping = [], False
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line[:1] in (" ", "\t") and skipping:
            continue
        name = re.split(r"[:;]", line, maxsplit=1)[0].rpartition(".")[2].upper()
        skipping = name in ("PHOTO", "LOGO", "SOUND", "KEY")
        if not skipping:
            kept.append(line)
    return "\r\n".join(kept)


def _typed(entry: Any, value: Any, types: list[str], *, preferred: bool) -> None:
    entry.value = value
    found = [each.upper() for each in types if _PLAIN_TYPES.match(each.lower())]
    if preferred:
        found.append("PREF")
    if found:
        entry.type_paramlist = found


def _flat(contact: Contact) -> tuple[PostalAddress, ...]:
    if not contact.city and not contact.country:
        return ()
    return (PostalAddress(city=contact.city, country=contact.country),)


def _adr(address: PostalAddress) -> Any:
    import vobject

    return vobject.vcard.Address(
        street=address.street,
        city=address.city,
        region=address.region,
        code=address.postal_code,
        country=address.country,
    )
