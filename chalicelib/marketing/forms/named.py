"""Forms by name, for conditions of segments; see `chalicelib.marketing.segments.names`."""

from collections.abc import Collection, Mapping

from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.forms import service


class _Forms:
    def names(self, runtime: Runtime, workspace_id: str, ids: Collection[str]) -> Mapping[str, str]:
        """The names of those that exist."""
        found = {}
        for form_key in ids:
            try:
                form = service.get_form(table=runtime.table, workspace_id=workspace_id, form_key=form_key)
            except NotFoundError:
                continue
            found[form_key] = form.name
        return found

    def choices(self, runtime: Runtime, workspace_id: str) -> Mapping[str, str]:
        """The newest hundred."""
        forms = service.list_forms(table=runtime.table, workspace_id=workspace_id, limit=100)
        return {form.key: form.name for form in forms}


FORMS = _Forms()
