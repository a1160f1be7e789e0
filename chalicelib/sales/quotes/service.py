"""Making quotes, having them approved, sending them out and taking the customer's answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from chalicelib.customers.companies import service as companies
from chalicelib.customers.consent import service as consent
from chalicelib.customers.consent.domain import SuppressionReason
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, UnavailableError
from chalicelib.foundation.ids import derived_id, is_id
from chalicelib.foundation.signing import Signer
from chalicelib.foundation.table import Create, Delete, Operation, Record, Replace, Table, Update
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.sales.approvals import service as approvals
from chalicelib.sales.approvals.domain import may_decide
from chalicelib.sales.deals import service as deals
from chalicelib.sales.products import service as products
from chalicelib.sales.quotes import store
from chalicelib.sales.quotes.domain import (
    LANGUAGES,
    LONGEST_DAYS,
    VALID_DAYS,
    Action,
    HistoryEntry,
    IllegalMoveError,
    Party,
    Quote,
    QuoteState,
    Reply,
    end_of,
    number_of,
    revised_number,
)
from chalicelib.sales.quotes.records import CountRecord, QuoteRecord, count_key, quote_key
from chalicelib.sales.quotes.tokens import read_token
from chalicelib.sales.totals import Line
from chalicelib.workspaces.audit import service as audit
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import local_day

if TYPE_CHECKING:
    from chalicelib.customers.contacts.domain import PostalAddress

_ATTEMPTS = 60  # every attempt that fails lets another quote of the workspace have its number
_ANSWER_ATTEMPTS = 8
_EXPIRED_AT_ONCE = 100
_REPLACED = (QuoteState.ISSUED, QuoteState.EXPIRED, QuoteState.DECLINED)


@dataclass(frozen=True, slots=True)
class Whole:
    """A quote with the history of its approval, and where its PDF is (empty while there is none)."""

    quote: Quote
    history: Sequence[HistoryEntry] = ()
    paper_key: str = ""


def get_quote(*, table: Table, workspace_id: str, quote_id: str) -> Quote:
    """The quote, consistent; `NotFoundError` when there is none."""
    found = store.read(table, workspace_id, quote_id) if is_id(quote_id) else None
    if found is None:
        raise NotFoundError("There is no such quote.")
    return found


def get_whole(*, table: Table, workspace_id: str, quote_id: str) -> Whole:
    """The quote with all that belongs to it; `NotFoundError` when there is none."""
    if is_id(quote_id):
        quote, history, paper = store.read_whole(table, workspace_id, quote_id)
        if quote is not None:
            return Whole(quote, history, paper.key_in_s3 if paper is not None else "")
    raise NotFoundError("There is no such quote.")


def list_quotes(
    *,
    table: Table,
    workspace: Workspace,
    deal_id: str = "",
    states: Sequence[QuoteState] = (),
    before: str = "",
    limit: int = 50,
) -> tuple[list[Quote], str | None]:
    """The newest quotes in these states (all, if none is named), or of a deal; and the id after which the next page starts."""
    if not deal_id:
        wanted = states or tuple(QuoteState)
        shards = workspace.shards_of("quotes")
        found = store.newest(table, workspace.id, wanted, shards=shards, before=before, limit=limit)
        return found, found[-1].id if len(found) == limit else None
    page = store.of_deal(table, workspace.id, deal_id, before=before, limit=limit)
    following = page[-1].id if len(page) == limit else None
    return [quote for quote in page if not states or quote.state in states], following


def create_quote(
    *, table: Table, clock: Clock, workspace: Workspace, quote_id: str, values: Mapping[str, Any], actor: str
) -> Quote:
    """Draft a quote for ``deal_id``. What is not given is the deal's: ``title``, ``currency``, ``lines`` (or one of its amount),
    ``contact_id``, ``company_id``, ``owner_id``; ``valid_until`` is in 30 days, ``language`` the contact's. `InvalidError` names
    what is wrong; drafted again with the same id it is the one that is there.
    """
    try:
        deal = deals.get_deal(table=table, workspace_id=workspace.id, deal_id=str(values["deal_id"]))
    except NotFoundError as error:
        raise InvalidError("There is no such deal.", field="deal_id", code="unknown") from error
    now = clock.now()
    today = date.fromisoformat(local_day(workspace, now))
    author = actor.partition(":")[2] if actor.startswith("member:") else ""
    chosen = str(values.get("contact_id") or deal.contact_id)
    contact = _contact(table, workspace.id, chosen, lenient="contact_id" not in values)
    drafted = Quote(
        workspace_id=workspace.id,
        id=quote_id,
        deal_id=deal.id,
        title=deal.title,
        currency="",
        valid_until=today + timedelta(days=VALID_DAYS),
        created_at=now,
        updated_at=now,
        shard=sum(map(ord, quote_id[-6:])) % workspace.new_shards_of("quotes"),
        contact_id=contact.id if contact is not None else "",
        company_id=deal.company_id,
        owner_id=deal.owner_id or author,
        language=_language(contact, workspace),
        changed_by=actor,
    )
    given = {name: value for name, value in values.items() if name != "contact_id"}
    given.setdefault("currency", deal.currency)
    if "lines" not in given:
        given["lines"] = [_said(line) for line in deal.lines] or _one_line(deal.title, deal.amount)
    quote = _changed(table, workspace, drafted, given, today)
    try:
        table.create(store.to_record(quote))
    except ConflictError as conflict:
        if not isinstance(conflict.current, QuoteRecord):
            raise
        return store.to_domain(conflict.current)
    return quote


def change_quote(
    *,
    table: Table,
    clock: Clock,
    workspace: Workspace,
    quote_id: str,
    version: int,
    changes: Mapping[str, Any],
    actor: str,
) -> Quote:
    """Change a draft as it was at ``version``; `ConflictError` with the present `Quote` when it has moved on, or is no draft."""
    now = clock.now()
    present = _at(get_quote(table=table, workspace_id=workspace.id, quote_id=quote_id), version)
    if present.state is not QuoteState.DRAFT:
        raise IllegalMoveError("Only a draft can be changed; revise this one.", current=present)
    today = date.fromisoformat(local_day(workspace, now))
    changed = _changed(table, workspace, replace(present, updated_at=now, changed_by=actor), changes, today)
    _transact(table, present, [Replace(store.to_record(changed))])
    return replace(changed, version=present.version + 1)


def delete_quote(
    *, table: Table, clock: Clock, workspace_id: str, quote_id: str, actor: str, version: int | None = None
) -> None:
    """Delete a draft, for good. `ConflictError` when it is not at ``version``, if given, or is no draft."""
    present = _at(get_quote(table=table, workspace_id=workspace_id, quote_id=quote_id), version)
    if present.state is not QuoteState.DRAFT:
        raise IllegalMoveError("Only a draft can be deleted.", current=present)
    farewell = audit.deletion(
        workspace_id=workspace_id,
        at=clock.now(),
        actor=actor,
        action="quote.deleted",
        subject_id=quote_id,
        before={"title": present.title, "deal_id": present.deal_id},
    )
    key, condition = quote_key(workspace_id, quote_id), QuoteRecord.version == present.version
    _transact(table, present, [Delete(key, condition), farewell])


def submit(
    *, table: Table, clock: Clock, workspace: Workspace, quote_id: str, actor: str, version: int | None = None
) -> Quote:
    """Hand a draft in: approved at once, unless the policy says that somebody has to look at it."""
    now = clock.now()
    present = _at(get_quote(table=table, workspace_id=workspace.id, quote_id=quote_id), version)
    if present.state is not QuoteState.DRAFT:
        raise IllegalMoveError("Only a draft can be submitted.", current=present)
    if not present.lines:
        raise InvalidError("A quote has lines.", field="lines", code="missing")
    _check_day(present.valid_until, date.fromisoformat(local_day(workspace, now)))
    policy = approvals.get_policy(table=table, workspace_id=workspace.id)
    needed = policy.needs(present.lines, present.currency)
    to = QuoteState.PENDING if needed else QuoteState.APPROVED
    moved = replace(
        present.moved(to, at=now, by=actor),
        needed=needed,
        approver=policy.role if needed else "",
        submitted_by=actor,
    )
    action: Action = "submitted" if needed else "not_needed"
    return _decided(table, present, moved, _entry(present, now, actor, action, needed=needed))


def decide(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    quote_id: str,
    approve: bool,
    comment: str,
    actor: str,
    role: str,
    version: int | None = None,
) -> Quote:
    """Approve or reject what was submitted, as a member of ``role``; `ForbiddenError` for whoever may not: the policy asked for
    another role, or it is their own submission.
    """
    now = clock.now()
    present = _at(get_quote(table=table, workspace_id=workspace_id, quote_id=quote_id), version)
    to = QuoteState.APPROVED if approve else QuoteState.REJECTED
    if present.state is not QuoteState.PENDING:
        raise IllegalMoveError("Only a quote that waits for approval can be approved or rejected.", current=present)
    if not may_decide(role=role, asked=present.approver, own=present.submitted_by == actor):
        raise ForbiddenError("This waits for the approval of another member.")
    action: Action = "approved" if approve else "rejected"
    moved = present.moved(to, at=now, by=actor)
    return _decided(table, present, moved, _entry(present, now, actor, action, comment=comment, needed=present.needed))


def issue(
    *,
    table: Table,
    clock: Clock,
    signer: Signer,
    workspace: Workspace,
    quote_id: str,
    actor: str,
    version: int | None = None,
    send: bool = False,
    email: str = "",
    message: str = "",
) -> Quote:
    """Send an approved quote out: it gets its number in the same transaction (so that no number is ever missing), what stands on
    it is fixed, and the version before it is superseded. With ``send`` it is mailed to ``email``, or the contact's address, as soon as
    it is on paper.
    """
    present = _at(get_quote(table=table, workspace_id=workspace.id, quote_id=quote_id), version)
    now = clock.now()
    today = date.fromisoformat(local_day(workspace, now))
    issued = present.moved(QuoteState.ISSUED, at=now, by=actor)
    _check_day(present.valid_until, today)
    contact = _contact(table, workspace.id, present.contact_id, lenient=True)
    issued = replace(
        issued,
        issued_at=now,
        ends_at=end_of(present.valid_until, workspace.zone),
        sender=_sender(workspace),
        recipient=_recipient(table, present, contact),
        send_to=_address(table, signer, workspace, contact, email) if send else "",
        message=message if send else "",
    )
    for _ in range(_ATTEMPTS):
        numbered, operations = _numbered(table, issued, now, today.year)
        try:
            table.transact(operations)
        except TransactionConflictError as conflict:
            current = store.read(table, workspace.id, quote_id)
            if current is None or current.version != present.version:
                raise ConflictError(current=current) from conflict
            continue  # somebody else took the number, or moved the version before
        return replace(numbered, version=present.version + 1)
    raise UnavailableError("Very many quotes are being issued at once.")


def revise(
    *,
    table: Table,
    clock: Clock,
    workspace: Workspace,
    quote_id: str,
    new_id: str,
    actor: str,
    version: int | None = None,
) -> Quote:
    """A new draft of a quote that was submitted already. One that never went out is superseded at once, an issued one when its
    new version is issued: until then the customer can accept it. Revised again with the same ``new_id`` it is the one that is there.
    """
    made = store.read(table, workspace.id, new_id)
    if made is not None and made.revises == quote_id:
        return made
    now = clock.now()
    present = _at(get_quote(table=table, workspace_id=workspace.id, quote_id=quote_id), version)
    if present.state in (QuoteState.DRAFT, QuoteState.ACCEPTED, QuoteState.SUPERSEDED):
        raise IllegalMoveError(f"A quote that is {present.state.value} cannot be revised.", current=present)
    today = date.fromisoformat(local_day(workspace, now))
    draft = Quote(
        workspace_id=workspace.id,
        id=new_id,
        deal_id=present.deal_id,
        title=present.title,
        currency=present.currency,
        valid_until=max(present.valid_until, today + timedelta(days=VALID_DAYS)),
        created_at=now,
        updated_at=now,
        shard=sum(map(ord, new_id[-6:])) % workspace.new_shards_of("quotes"),
        base_number=present.base_number,
        revision=present.revision + 1 if present.was_issued else present.revision,
        revises=present.id,
        replaces=present.id if present.was_issued else present.replaces,
        contact_id=present.contact_id,
        company_id=present.company_id,
        owner_id=present.owner_id,
        lines=present.lines,
        terms=present.terms,
        language=present.language,
        changed_by=actor,
    )
    operations: list[Operation] = [Create(store.to_record(draft))]
    if not present.was_issued:
        gone = replace(present.moved(QuoteState.SUPERSEDED, at=now, by=actor), superseded_by=new_id)
        operations.append(Replace(store.to_record(gone)))
    _transact(table, present, operations)
    return draft


def find_by_token(*, table: Table, signer: Signer, token: str) -> Whole:
    """The issued quote of a link; `NotFoundError` when there is none."""
    workspace_id, quote_id = read_token(signer, token)
    found = get_whole(table=table, workspace_id=workspace_id, quote_id=quote_id)
    if not found.quote.was_issued:
        raise NotFoundError("There is no such quote.")
    return found


def answer(
    *, table: Table, clock: Clock, quote: Quote, accept: bool, name: str, ip: str, reason: str = ""
) -> tuple[Quote, bool]:
    """The customer's yes or no to an issued quote: the quote as it is then, and whether this is what made it so. The first answer
    stands; a late one, or one to a quote that has been superseded, changes nothing.
    """
    for _ in range(_ANSWER_ATTEMPTS):
        now = clock.now()
        if not quote.open(now):
            return quote, False
        to = QuoteState.ACCEPTED if accept else QuoteState.DECLINED
        replied = replace(quote.moved(to, at=now, by="public"), reply=Reply(now, name, ip, reason))
        try:
            table.replace(store.to_record(replied))
        except ConflictError:
            quote = get_quote(table=table, workspace_id=quote.workspace_id, quote_id=quote.id)
            continue
        return replace(replied, version=quote.version + 1), True
    raise UnavailableError("The quote is being changed; try again.")


def expire(*, table: Table, clock: Clock) -> int:
    """Mark issued quotes whose time is over, of all workspaces, some at a time; how many that were."""
    done = 0
    for quote in store.due(table, clock.now(), limit=_EXPIRED_AT_ONCE):
        expired = quote.moved(QuoteState.EXPIRED, at=clock.now(), by="system")
        try:
            table.replace(store.to_record(expired))
        except ConflictError:
            continue  # answered or superseded meanwhile
        done += 1
    return done


def keep_paper(*, table: Table, clock: Clock, quote: Quote, key_in_s3: str, size: int) -> None:
    """Note that the issued quote is on paper. Noted again, it changes nothing."""
    record = store.paper_record(quote, key_in_s3=key_in_s3, size=size, at=clock.now())
    try:
        table.create(record)
    except ConflictError:
        return


def sweep(*, table: Table, workspace_id: str, deal_id: str) -> int:
    """Let go of a vanished deal's quotes that never went out; the issued ones stay, their numbers are the books'. How many."""
    gone = [quote for quote in store.all_of_deal(table, workspace_id, deal_id) if not quote.was_issued]
    table.write_many([], deletes=[quote_key(workspace_id, quote.id) for quote in gone])
    return len(gone)


def mail_id(quote: Quote) -> str:
    """The notice of the mail to the customer."""
    return derived_id(quote.issued_at or quote.created_at, "quote", quote.id)


def quote_of(record: Record) -> Quote:
    """The quote in a changed item, for projections."""
    assert isinstance(record, QuoteRecord)
    return store.to_domain(record)


def _at(quote: Quote, version: int | None) -> Quote:
    if version is not None and quote.version != version:
        raise ConflictError(current=quote)
    return quote


def _changed(table: Table, workspace: Workspace, quote: Quote, values: Mapping[str, Any], today: date) -> Quote:
    """The draft with these values, checked."""
    changed = quote
    for name in ("title", "currency", "terms", "language"):
        if values.get(name) is not None:
            changed = replace(changed, **{name: values[name]})
    if values.get("valid_until") is not None:
        _check_day(values["valid_until"], today)
        changed = replace(changed, valid_until=values["valid_until"])
    if "contact_id" in values:
        contact = _contact(table, workspace.id, values["contact_id"] or "")
        changed = replace(changed, contact_id=contact.id if contact is not None else "")
    if "company_id" in values:
        changed = replace(changed, company_id=_company(table, workspace.id, values["company_id"] or ""))
    if "owner_id" in values:
        if values["owner_id"] and values["owner_id"] != quote.owner_id:
            contacts.check_owner(table, workspace.id, values["owner_id"])
        changed = replace(changed, owner_id=values["owner_id"] or "")
    if "lines" in values or changed.currency != quote.currency:
        given = values.get("lines")
        lines = [_said(line) for line in quote.lines] if given is None else given
        kept = products.lines_of(
            table=table, workspace_id=workspace.id, given=lines, currency=changed.currency, present=quote.lines
        )
        changed = replace(changed, lines=kept)
    return changed


def _said(line: Line) -> dict[str, Any]:
    """A line as somebody would send it."""
    return {
        "id": line.id,
        "product_id": line.product_id,
        "name": line.name,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "discount_percent": line.discount_percent,
        "tax_percent": line.tax_percent,
    }


def _one_line(title: str, amount: Decimal) -> list[dict[str, Any]]:
    """A deal without lines is quoted as one thing at its amount."""
    return [{"name": title, "unit_price": amount}] if amount else []


def _check_day(day: date, today: date) -> None:
    if not today <= day <= today + timedelta(days=LONGEST_DAYS):
        raise InvalidError("A day from today on, within two years.", field="valid_until", code="out_of_range")


def _contact(table: Table, workspace_id: str, contact_id: str, *, lenient: bool = False) -> Contact | None:
    """The contact, or the one it was merged into; None without one."""
    if not contact_id:
        return None
    try:
        return contacts.get_contact(table=table, workspace_id=workspace_id, contact_id=contact_id, follow=True)
    except NotFoundError as error:
        if lenient:
            return None
        raise InvalidError("There is no such contact.", field="contact_id", code="unknown") from error


def _company(table: Table, workspace_id: str, company_id: str) -> str:
    if not company_id:
        return ""
    try:
        return companies.get_company(table=table, workspace_id=workspace_id, company_id=company_id).id
    except NotFoundError as error:
        raise InvalidError("There is no such company.", field="company_id", code="unknown") from error


def _language(contact: Contact | None, workspace: Workspace) -> str:
    own = contact.language.partition("-")[0] if contact is not None else ""
    return next((each for each in (own, workspace.language) if each in LANGUAGES), LANGUAGES[0])


def _sender(workspace: Workspace) -> Party:
    lines = tuple(line.strip() for line in workspace.postal_address.splitlines() if line.strip())
    return Party(workspace.name, lines)


def _recipient(table: Table, quote: Quote, contact: Contact | None) -> Party:
    """Who it is for: the company, care of the person; or the person; with the address we have of either."""
    company = None
    if quote.company_id:
        found = companies.get_companies(table=table, workspace_id=quote.workspace_id, company_ids=[quote.company_id])
        company = found.get(quote.company_id)
    person = contact.display_name if contact is not None else ""
    addresses: Sequence[PostalAddress] = getattr(company, "addresses", ()) or (contact.addresses if contact else ())
    address = next((each for each in addresses if each.primary), addresses[0] if addresses else None)
    lines = []
    if company is not None and person:
        lines.append(person)
    if address is not None:
        from chalicelib.customers import countries

        town = " ".join(part for part in (address.postal_code, address.city) if part)
        region = address.region if address.region != address.city else ""
        country = dict(countries.names(quote.language)).get(address.country, address.country)
        lines += [part for part in (address.street, town, region, country) if part]
    return Party(company.name if company is not None else person, tuple(lines))


def _address(table: Table, signer: Signer, workspace: Workspace, contact: Contact | None, email: str) -> str:
    """Where it is mailed to; `InvalidError` names ``send`` or ``email`` when that cannot be."""
    if not workspace.sender_email:
        raise InvalidError("The workspace has no sender address.", field="send", code="no_sender")
    if email:
        from chalicelib.customers.contacts.addresses import normalise_email

        address = normalise_email(email, field="email")
    else:
        address = contact.email if contact is not None else ""
    if not address:
        raise InvalidError("The contact has no e-mail address.", field="send", code="no_address")
    known = consent.suppressed(table=table, signer=signer, workspace_id=workspace.id, emails=[address])
    if address in known and known[address].reason is not SuppressionReason.UNSUBSCRIBED:
        raise InvalidError("This address must not be mailed.", field="send", code="suppressed")
    return address


def _numbered(table: Table, issued: Quote, now: datetime, year: int) -> tuple[Quote, list[Operation]]:
    """The quote with its number, and what gives it to it."""
    operations: list[Operation] = []
    if issued.replaces:
        before = get_quote(table=table, workspace_id=issued.workspace_id, quote_id=issued.replaces)
        if before.state not in _REPLACED:
            raise IllegalMoveError(f"The version before is {before.state.value}.", current=before)
        gone = replace(before.moved(QuoteState.SUPERSEDED, at=now, by=issued.changed_by), superseded_by=issued.id)
        operations.append(Replace(store.to_record(gone)))
        numbered = replace(issued, number=revised_number(issued.base_number, issued.revision))
    else:
        last = store.last_number(table, issued.workspace_id, year)
        number = number_of(year, last + 1)
        numbered = replace(issued, number=number, base_number=number)
        if last:
            actions = [CountRecord.last.set(last + 1), CountRecord.updated_at.set(now)]
            operations.append(Update(count_key(issued.workspace_id, year), actions, CountRecord.last == last))
        else:
            operations.append(Create(store.count_record(issued.workspace_id, year, now)))
    return numbered, [Replace(store.to_record(numbered)), *operations]


def _entry(
    quote: Quote, at: datetime, actor: str, action: Action, *, comment: str = "", needed: Sequence[Any] = ()
) -> HistoryEntry:
    return HistoryEntry(quote.version, at, actor, action, comment, tuple(needed))


def _decided(table: Table, present: Quote, moved: Quote, entry: HistoryEntry) -> Quote:
    _transact(table, present, [Replace(store.to_record(moved)), Create(store.entry_record(moved, entry))])
    return replace(moved, version=present.version + 1)


def _transact(table: Table, present: Quote, operations: Sequence[Operation]) -> None:
    try:
        table.transact(operations)
    except TransactionConflictError as conflict:
        current = store.read(table, present.workspace_id, present.id)
        raise ConflictError(current=current) from conflict
