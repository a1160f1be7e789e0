"""Reading files as they come: tables of text, workbooks, vCards. All give the same: columns, and rows of texts, from a position on."""
