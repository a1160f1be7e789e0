"""Lists: any kind of record sorted and filtered by what it has, without reading all of them."""
