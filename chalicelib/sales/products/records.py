"""The item of a product, and its keys."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from chalicelib.foundation.table import DecimalAttribute, Key, Record, partition


class ProductRecord(Record, discriminator="product"):
    """``W#w#PRODUCT#p`` / ``PRODUCT``; ``gsi1`` lists them by name. A catalogue is read much more often than written, and a
    partition lists some hundred thousand of them: it needs no shards.
    """

    name = UnicodeAttribute()
    code = UnicodeAttribute(null=True)
    description = UnicodeAttribute(null=True)
    unit_price = DecimalAttribute()
    currency = UnicodeAttribute()
    tax_percent = DecimalAttribute()
    active = BooleanAttribute()

    @property
    def product_id(self) -> str:
        """The product's id, which stands in its key."""
        return self.pk.rpartition("#")[2]


def product_key(workspace_id: str, product_id: str) -> Key:
    """Where a product stands."""
    return Key(partition(workspace_id, "PRODUCT", product_id), "PRODUCT")


def products_partition(workspace_id: str) -> str:
    """The list of products (``gsi1``), sorted by name without accents, and id."""
    return partition(workspace_id, "PRODUCTS")
