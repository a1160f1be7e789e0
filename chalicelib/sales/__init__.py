"""Sales: pipelines and deals."""
