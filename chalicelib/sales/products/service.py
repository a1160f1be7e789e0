"""Making, reading and changing products, and filling in lines with them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from chalicelib.customers.claims import service as claims
from chalicelib.customers.claims.domain import Claim
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, FieldError, InvalidError, NotFoundError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.table import Create, Delete, Operation, Replace, Table
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.sales.products import store
from chalicelib.sales.products.domain import Product
from chalicelib.sales.products.records import ProductRecord, product_key
from chalicelib.sales.totals import Line, check_lines, line_of
from chalicelib.workspaces.audit import service as audit
from chalicelib.workspaces.settings.domain import Workspace

_EXAMINED = 1000  # products read for one page of a filtered list, at most; then the cursor goes on from there


def get_product(*, table: Table, workspace_id: str, product_id: str, consistent: bool = False) -> Product:
    """The product; `NotFoundError` when there is none."""
    found = store.read(table, workspace_id, product_id, consistent=consistent) if is_id(product_id) else None
    if found is None:
        raise NotFoundError("There is no such product.")
    return found


def get_products(*, table: Table, workspace_id: str, product_ids: Iterable[str]) -> dict[str, Product]:
    """Those of the products that exist, by id."""
    return store.read_many(table, workspace_id, {each for each in product_ids if is_id(each)})


def list_products(
    *,
    table: Table,
    workspace_id: str,
    beginning: str = "",
    active: bool | None = None,
    after: str = "",
    limit: int = 50,
) -> tuple[list[Product], str | None]:
    """Products by name (those whose name begins so, in any spelling of case and accents), and where the next page starts."""
    found: list[Product] = []
    examined = 0
    while True:
        page = store.by_name(table, workspace_id, beginning=beginning, after=after, limit=limit)
        for position, product in page:
            after = position
            if active is None or product.active is active:
                found.append(product)
                if len(found) == limit:
                    return found, after
        examined += len(page)
        if len(page) < limit:
            return found, None
        if examined >= _EXAMINED:
            return found, after


def create_product(
    *,
    table: Table,
    clock: Clock,
    workspace: Workspace,
    product_id: str,
    values: Mapping[str, Any],
    changed_by: str = "",
) -> Product:
    """Make a product of ``name``, ``code``, ``description``, ``unit_price``, ``currency`` (the workspace's if not given),
    ``tax_percent`` and ``active``. `InvalidError` names ``code`` when another has it; made again with the same id it is the
    one that is there.
    """
    now = clock.now()
    given = {name: value for name, value in values.items() if value is not None}
    given["currency"] = given.get("currency") or workspace.currency
    product = Product(
        workspace_id=workspace.id, id=product_id, created_at=now, updated_at=now, changed_by=changed_by, **given
    )
    try:
        _write(table, None, product)
    except ConflictError as conflict:
        if isinstance(conflict.current, Product):
            return conflict.current
        raise
    return product


def change_product(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    product_id: str,
    version: int,
    changes: Mapping[str, Any],
    changed_by: str = "",
) -> Product:
    """Change a product as it was at ``version``; `ConflictError` with the present one when it has moved on. Lines that were
    filled in with it stay as they are.
    """
    present = get_product(table=table, workspace_id=workspace_id, product_id=product_id, consistent=True)
    if present.version != version:
        raise ConflictError(current=present)
    texts: dict[str, Any] = {name: changes[name] or "" for name in ("code", "description") if name in changes}
    rest = {name: value for name, value in changes.items() if name not in texts and value is not None}
    changed = replace(present, updated_at=clock.now(), changed_by=changed_by, **texts, **rest)
    _write(table, present, changed)
    return replace(changed, version=version + 1)


def delete_product(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    product_id: str,
    version: int | None = None,
    changed_by: str = "",
) -> None:
    """Delete a product (of ``version``, if it is given) for good. Lines keep what they took from it."""
    present = get_product(table=table, workspace_id=workspace_id, product_id=product_id, consistent=True)
    if version is not None and present.version != version:
        raise ConflictError(current=present)
    now = clock.now()
    farewell = audit.deletion(
        workspace_id=workspace_id,
        at=now,
        actor=changed_by,
        action="product.deleted",
        subject_id=product_id,
        before={"name": present.name, "code": present.code, "unit_price": present.unit_price},
    )
    key = product_key(workspace_id, product_id)
    operations: list[Operation] = [Delete(key, ProductRecord.version == present.version), farewell]
    operations += _claim_changes(present, None)
    _transact(table, operations)


def lines_of(
    *, table: Table, workspace_id: str, given: Sequence[Mapping[str, Any]], currency: str, present: Sequence[Line] = ()
) -> tuple[Line, ...]:
    """Lines of what was sent, for a document in a currency. What is left out (name, price, tax) is the product's, or that of
    the line of this id in ``present``. `InvalidError` names each line that says too little (``lines.0.name``), a product that
    there is not, and a price that must be given because the product's is in another currency.
    """
    kept = {line.id: line for line in present}
    asked = {str(each["product_id"]) for each in given if each.get("product_id")}
    found = get_products(table=table, workspace_id=workspace_id, product_ids=asked)
    lines, errors = [], []
    for position, (each, line_id) in enumerate(zip(given, _ids(given), strict=True)):
        filled, wrong = _filled(each, found, kept.get(str(each.get("id") or "")), currency)
        errors += [FieldError(f"lines.{position}.{field}", message, code) for field, message, code in wrong]
        lines.append(line_of(filled, fallback_id=line_id))
    if errors:
        raise InvalidError(fields=errors)
    return check_lines(lines, currency)


def _filled(
    given: Mapping[str, Any], found: Mapping[str, Product], kept: Line | None, currency: str
) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
    """What was sent with what was left out, and what is wrong with it."""
    values = {name: value for name, value in given.items() if value is not None}
    product_id = str(values.get("product_id") or "")
    same = kept is not None and kept.product_id == product_id
    product = found.get(product_id)
    if same and kept is not None:
        values = {"name": kept.name, "unit_price": kept.unit_price, "tax_percent": kept.tax_percent} | values
    elif product is not None:
        values = {"name": product.name, "tax_percent": product.tax_percent} | values
        if "unit_price" not in values and product.currency == currency:
            values["unit_price"] = product.unit_price
        if "unit_price" not in values:
            message = f"The product's price is in {product.currency}: give one in {currency}."
            return values, [("unit_price", message, "other_currency")]
    elif product_id:
        return values, [("product_id", "There is no such product.", "unknown")]
    if not values.get("name"):
        return values, [("name", "A line without a product has a name.", "missing")]
    return values, []


def _ids(given: Sequence[Mapping[str, Any]]) -> list[str]:
    """An id for each line: its own, or the next free number."""
    taken = {str(each["id"]) for each in given if each.get("id")}
    free = (str(number) for number in range(1, 2 * len(given) + 1) if str(number) not in taken)
    return [str(each["id"]) if each.get("id") else next(free) for each in given]


def _claims(product: Product | None) -> set[Claim]:
    return {Claim("product", product.code.lower())} if product is not None and product.code else set()


def _claim_changes(old: Product | None, new: Product | None) -> list[Operation]:
    product = new or old
    assert product is not None
    changes = claims.changes(
        workspace_id=product.workspace_id,
        holder_id=product.id,
        had=_claims(old),
        has=_claims(new),
        now=product.updated_at,
    )
    return [operation for _, operation in changes]


def _write(table: Table, old: Product | None, new: Product) -> None:
    record = store.to_record(new)
    first: Operation = Create(record) if old is None else Replace(record)
    _transact(table, [first, *_claim_changes(old, new)])


def _transact(table: Table, operations: list[Operation]) -> None:
    try:
        table.transact(operations)
    except TransactionConflictError as conflict:
        if 0 in conflict.failed:
            image = conflict.images[0]
            current = store.to_domain(ProductRecord.from_image(image)) if image else None
            raise ConflictError(current=current) from conflict
        if conflict.failed:
            raise InvalidError("Another product has this code.", field="code", code="taken") from conflict
        raise
