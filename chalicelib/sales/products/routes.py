"""The routes of products."""

from chalicelib.foundation.http import Answer, Call, Page, Routes
from chalicelib.sales.products import service
from chalicelib.sales.products.schemas import (
    ProductChange,
    ProductDeletionQuery,
    ProductIn,
    ProductOut,
    ProductsQuery,
)
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("products", __name__)


@routes.get("/products", permission="deals:read", query=ProductsQuery, returns=Page[ProductOut])
def list_products(call: Call[None]) -> Page[ProductOut]:
    """The products by name."""
    query, name = call.query, f"products?{call.query.q or ''}&{call.query.active}"
    position = call.runtime.cursors.read(call.workspace_id, name, query.cursor)
    found, after = service.list_products(
        table=call.runtime.table,
        workspace_id=call.workspace_id,
        beginning=query.q or "",
        active=query.active,
        after=position[0] if position else "",
        limit=query.limit,
    )
    more = call.runtime.cursors.write(call.workspace_id, name, [after]) if after else None
    return Page[ProductOut](items=[ProductOut.of(product) for product in found], next_cursor=more)


@routes.post("/products", permission="deals:write", body=ProductIn, returns=ProductOut, status=201)
def create_product(call: Call[ProductIn]) -> Answer:
    """Make a product."""
    product = service.create_product(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
        product_id=call.creation_id,
        values=call.body.values(),
        changed_by=call.actor.reference,
    )
    return Answer(ProductOut.of(product), 201, {"Location": f"/api/v1/products/{product.id}"})


@routes.get("/products/{product_id}", permission="deals:read", returns=ProductOut)
def get_product(call: Call[None], product_id: str) -> ProductOut:
    """One product."""
    return ProductOut.of(
        service.get_product(
            table=call.runtime.table, workspace_id=call.workspace_id, product_id=product_id, consistent=True
        )
    )


@routes.patch(
    "/products/{product_id}",
    permission="deals:write",
    body=ProductChange,
    returns=ProductOut,
    present=ProductOut.of,
)
def change_product(call: Call[ProductChange], product_id: str) -> ProductOut:
    """Change a product; lines that were filled in with it stay as they are."""
    changed = service.change_product(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        product_id=product_id,
        version=call.body.version,
        changes=call.body.values(),
        changed_by=call.actor.reference,
    )
    return ProductOut.of(changed)


@routes.delete("/products/{product_id}", permission="deals:write", query=ProductDeletionQuery, present=ProductOut.of)
def delete_product(call: Call[None], product_id: str) -> None:
    """Delete a product for good; lines keep what they took from it."""
    service.delete_product(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        product_id=product_id,
        version=call.query.version,
        changed_by=call.actor.reference,
    )
