"""Prints the OpenAPI document of the API: ``python -m infra.openapi > web/openapi.json``."""

import json

from chalicelib import wiring
from chalicelib.foundation.http.openapi import document


def main() -> None:
    """Write the document to standard output, indented and in a stable order."""
    endpoints = [endpoint for routes in wiring.feature_routes() for endpoint in routes.endpoints]
    print(json.dumps(document(endpoints, version="1"), ensure_ascii=False, indent=1, sort_keys=True))


if __name__ == "__main__":
    main()
