"""What a function says of itself: one structured line per invocation, and metrics inside log lines (EMF).

No personal data: lines carry routes, ids, codes and durations, never bodies, addresses, names or tokens.
Powertools is imported with the first line, not with the module (its import costs 40 to 90 ms of a cold start).
"""

import json
import time
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

NAMESPACE = "Clientela"


@cache
def logger() -> "Logger":
    """The function's logger: JSON lines on standard output."""
    from aws_lambda_powertools import Logger

    return Logger(service="clientela", use_rfc3339=True, utc=True)


def invocation(what: str, /, *, started: float, **facts: Any) -> None:
    """The one line of an invocation. ``started`` is a ``time.perf_counter`` reading; the line has the milliseconds since."""
    logger().info(what, extra={"duration_ms": round((time.perf_counter() - started) * 1000, 1), **facts})


def failure(what: str, /, **facts: Any) -> None:
    """An unexpected exception, with its traceback; call it inside ``except``. Messages may hold values, so only our own
    facts and the traceback's lines are written.
    """
    import sys
    import traceback

    kind, _, trace = sys.exc_info()
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)][-12:]
    logger().error(what, extra={"error": kind.__name__ if kind else "", "frames": frames, **facts})


def metric(name: str, value: float, unit: str = "Count", /, **dimensions: str) -> None:
    """One value of a CloudWatch metric in the embedded metric format
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
    """
    directive: Mapping[str, Any] = {
        "Timestamp": int(time.time() * 1000),
        "CloudWatchMetrics": [
            {"Namespace": NAMESPACE, "Dimensions": [list(dimensions)], "Metrics": [{"Name": name, "Unit": unit}]}
        ],
    }
    print(json.dumps({"_aws": directive, name: value, **dimensions}), flush=True)
