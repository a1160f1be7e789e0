"""What a cold function pays in CPU before its first answer: the import of ``app.py``, and the first request's own modules.

Run in new processes, best of several, without the interpreter's own start. The package ships compiled files, as these are.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Iterable

from benchmarks.rows import Row

_RUNS = 9
_HEALTH = """
event = {"requestContext": {"resourcePath": "%s", "httpMethod": "GET"}, "headers": {}, "pathParameters": None, "body": None,
         "multiValueQueryStringParameters": None, "isBase64Encoded": False, "stageVariables": None}
app.app(event, None)
"""


def _cpu(code: str, handler: str) -> float:
    """CPU milliseconds of a new process that runs this, best of several."""
    best = float("inf")
    for _ in range(_RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "_HANDLER": handler}, stdout=subprocess.DEVNULL, check=True
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best * 1000


def rows() -> Iterable[Row]:
    """Import of the API's function, its first answers, and import of a queue's function."""
    empty = _cpu("pass", "")
    api = _cpu("import app", "app.app") - empty
    yield Row("cold import, the API's function", api, 280)
    health = _cpu("import app" + _HEALTH % "/v1/health", "app.app") - empty
    yield Row("the same with a first answer (health)", health, None)
    contacts = _cpu("import app" + _HEALTH % "/v1/contacts", "app.app") - empty
    yield Row("the same with a first answer (contacts, refused)", contacts, None)
    yield Row("cold import, a queue's function", _cpu("import app", "app.score") - empty, None)
