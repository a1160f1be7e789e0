"""Many changes in a row that can be undone: kept before they are made, made once, taken back without undoing what people did since."""
