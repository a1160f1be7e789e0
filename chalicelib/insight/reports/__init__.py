"""Reports: how the last week went, on a schedule and on demand, by mail and kept as files."""
