"""The Chalice application, with one addition: routes may be mounted when they are first asked for."""

from collections.abc import Callable
from typing import Any

from chalice import Chalice


class Application(Chalice):
    """A Chalice application. ``on_first_request`` is given the application and the resource path of a request
    (``/v1/contacts/{contact_id}``) that no mounted route answers yet.
    """

    def __init__(self, **options: Any):
        super().__init__(**options)
        self._mount: Callable[[Application, str], None] | None = None
        self._asked: set[str] = set()

    def on_first_request(self, mount: Callable[["Application", str], None]) -> None:
        """Mount routes lazily with this function."""
        self._mount = mount

    def __call__(self, event: Any, context: Any) -> Any:
        """Answer one request, after mounting what it asks for."""
        path = (event.get("requestContext") or {}).get("resourcePath") or ""
        if self._mount is not None and path and path not in self.routes and path not in self._asked:
            self._asked.add(path)
            self._mount(self, path)
        return super().__call__(event, context)
