"""Products in the table."""

from collections.abc import Iterable

from chalicelib.customers.search.domain import fold
from chalicelib.foundation.table import Table
from chalicelib.sales.products.domain import Product
from chalicelib.sales.products.records import ProductRecord, product_key, products_partition

_SORTED = 100  # characters of a name that its place in the list knows


def read(table: Table, workspace_id: str, product_id: str, *, consistent: bool = False) -> Product | None:
    """The product, or None."""
    record = table.get(ProductRecord, product_key(workspace_id, product_id), consistent=consistent)
    return None if record is None else to_domain(record)


def read_many(table: Table, workspace_id: str, product_ids: Iterable[str]) -> dict[str, Product]:
    """Those of the products that exist, by id."""
    keys = [product_key(workspace_id, product_id) for product_id in product_ids]
    found = table.get_many(ProductRecord, keys) if keys else {}
    return {record.product_id: to_domain(record) for record in found.values()}


def by_name(table: Table, workspace_id: str, *, beginning: str, after: str, limit: int) -> list[tuple[str, Product]]:
    """Products by name (those whose name begins so), each with its position; those after a position, if one is given."""
    begin = _place(beginning)
    page = table.query(
        ProductRecord,
        products_partition(workspace_id),
        index="gsi1",
        between=(after or begin or " ", begin + "\U0010ffff"),
        limit=limit + 1 if after else limit,
    )
    return [(record.gsi1sk or "", to_domain(record)) for record in page.items if record.gsi1sk != after][:limit]


def to_record(product: Product) -> ProductRecord:
    """The item of a product."""
    key = product_key(product.workspace_id, product.id)
    return ProductRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=product.workspace_id,
        version=product.version,
        created_at=product.created_at,
        updated_at=product.updated_at,
        changed_by=product.changed_by or None,
        gsi1pk=products_partition(product.workspace_id),
        gsi1sk=f"{_place(product.name)}#{product.id}",
        name=product.name,
        code=product.code or None,
        description=product.description or None,
        unit_price=product.unit_price,
        currency=product.currency,
        tax_percent=product.tax_percent,
        active=product.active,
    )


def to_domain(record: ProductRecord) -> Product:
    """The product in an item."""
    return Product(
        workspace_id=record.workspace_id,
        id=record.product_id,
        name=record.name,
        created_at=record.created_at,
        updated_at=record.updated_at or record.created_at,
        version=int(record.version),
        code=record.code or "",
        description=record.description or "",
        unit_price=record.unit_price,
        currency=record.currency,
        tax_percent=record.tax_percent,
        active=record.active,
        changed_by=record.changed_by or "",
    )


def _place(name: str) -> str:
    return " ".join(fold(name).replace("#", " ").split())[:_SORTED]
