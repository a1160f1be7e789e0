"""The only Jinja environments.

`page` renders the package's own templates (trusted, autoescaped, an undefined name is an error): ``marketing/forms/hosted.html``
is ``chalicelib/marketing/forms/templates/hosted.html``. Jinja costs 48 ms of imports, so views import this module when they
render. A template is compiled once per process.
"""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound

_PACKAGE = Path(__file__).resolve().parent.parent


class _FeatureTemplates(BaseLoader):
    """Templates by ``<wing>/<feature>/<file>``, out of the feature's ``templates`` folder."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, None]:  # noqa: ARG002
        folder, _, name = template.rpartition("/")
        path = _PACKAGE / folder / "templates" / name
        if not folder or ".." in template.split("/") or not path.is_file():
            raise TemplateNotFound(template)
        return path.read_text(encoding="utf-8"), str(path), None


@cache
def _pages() -> Environment:
    return Environment(
        loader=_FeatureTemplates(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def page(template: str, /, **values: Any) -> str:
    """One of the package's templates with these values; every value is escaped for HTML."""
    return _pages().get_template(template).render(values)
