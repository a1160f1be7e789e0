"""The template: what chalice makes of ``app.py``, with ``infra/resources/*.yaml`` on top, and one pass for what all share.

chalice cannot say how an event source fails, which queue it really is, or where a function logs. One pass over the finished
template says it for every function and event source alike, so that nobody can forget it for the next one.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

Template = dict[str, Any]
"""A CloudFormation template, intrinsic functions in their long form."""

MAXIMUM_CONCURRENCY: dict[str, int | dict[str, str]] = {
    "scoring": 10,
    "segment-fill": 5,
    "campaign-plan": 5,
    # They share the account's rate at SES (chalicelib/foundation/mail_rate.py).
    "campaign-send": {"Ref": "CampaignSenders"},
    "messages": 5,
    "delivery-events": 10,
    "reports": 2,
    "jobs": 5,
    "imports": 5,
    "exports": 2,
    # Leads are given out one after the other; more at once would only meet in the same row.
    "assignment": 2,
}
"""How many functions work on a queue at once, so that one campaign cannot take the account's concurrency from the API."""

STREAM_FAILURE = {
    "StartingPosition": "TRIM_HORIZON",
    "BisectBatchOnFunctionError": True,
    "MaximumRetryAttempts": 5,
    # A record older than this is given up into the dead-letter queue rather than holding up its shard; streams keep 24 hours.
    "MaximumRecordAgeInSeconds": 21600,
    "FunctionResponseTypes": ["ReportBatchItemFailures"],
    "ParallelizationFactor": 2,
}

LOG_DAYS = 30
METRICS = "Clientela"
"""The namespace of the application's own metrics, which it writes into its logs (EMF)."""


class TemplateError(Exception):
    """The sources contradict each other."""


def assemble(project: Path, *, version: str) -> Template:
    """The whole template of ``project``; functions report ``version``."""
    known = _application(project)
    written: Template = known["template"]
    written["Outputs"] = {}  # ours say the same, under the names that everything else uses
    template: Template = merge(written, resources(project / "infra" / "resources"))
    template["Globals"]["Function"]["Environment"]["Variables"]["CLIENTELA_VERSION"] = version
    # The same list in both places where API Gateway looks for it.
    api = template["Resources"]["RestAPI"]["Properties"]
    api["DefinitionBody"]["x-amazon-apigateway-binary-media-types"] = api["BinaryMediaTypes"]
    _event_sources(template, known["projected_kinds"])
    _functions(template)
    _queues(template)
    _dashboard(template)
    return template


def function_name(logical_id: str) -> str:
    """The name in ``app.py`` of the function with this logical id."""
    if logical_id == "APIHandler":
        return "api_handler"
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", logical_id).lower()


def functions(template: Template) -> Iterator[tuple[str, dict[str, Any]]]:
    """Logical id and properties of every function."""
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            yield logical_id, resource["Properties"]


def _application(project: Path) -> dict[str, Any]:
    """What ``chalice_package`` writes, run in an interpreter of its own."""
    with tempfile.NamedTemporaryFile(suffix=".json") as target:
        command = [sys.executable, "-m", "infra.build.chalice_package", str(project), target.name]
        outcome = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
        if outcome.returncode != 0:
            raise TemplateError(f"chalice could not package app.py:\n{outcome.stderr.strip()}")
        known: dict[str, Any] = json.loads(Path(target.name).read_text())
    return known


class _Loader(yaml.SafeLoader):  # type: ignore[misc]  # yaml has no types
    """YAML with CloudFormation's short forms."""


def _intrinsic(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _intrinsic)


def resources(folder: Path) -> Template:
    """All of ``infra/resources`` as one template; raises ``TemplateError`` when two files declare the same name."""
    merged: Template = {}
    for path in sorted(folder.glob("*.yaml")):
        for section, content in yaml.load(path.read_text(), Loader=_Loader).items():
            if not isinstance(content, dict):
                merged[section] = content
                continue
            here = merged.setdefault(section, {})
            if twice := here.keys() & content.keys():
                raise TemplateError(f"{path.name} declares {', '.join(sorted(twice))} again")
            here.update(content)
    return merged


def merge(base: Any, over: Any) -> Any:
    """``over`` on top of ``base``: dictionaries key by key, anything else replaced.

    An intrinsic function is a value and not a dictionary of settings: chalice's own merge would make of two of them one with two keys,
    which CloudFormation refuses.
    """
    if isinstance(base, dict) and isinstance(over, dict) and not _is_intrinsic(base) and not _is_intrinsic(over):
        return {**base, **{key: merge(base[key], value) if key in base else value for key, value in over.items()}}
    return over


def _is_intrinsic(value: dict[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref", "Condition"))


def _event_sources(template: Template, projected_kinds: Sequence[str]) -> None:
    """What every event source reads, and how it fails."""
    for logical_id, properties in functions(template):
        for event in properties.get("Events", {}).values():
            source = event["Properties"]
            if event["Type"] == "SQS":
                short = _short_queue(source["Queue"])
                source["Queue"] = {"Fn::GetAtt": [_queue_resource(template, short), "Arn"]}
                source["FunctionResponseTypes"] = ["ReportBatchItemFailures"]
                source["ScalingConfig"] = {"MaximumConcurrency": MAXIMUM_CONCURRENCY[short]}
            elif event["Type"] == "DynamoDB":
                source["Stream"] = {"Fn::GetAtt": ["Table", "StreamArn"]}
                source.update(STREAM_FAILURE)
                source["FilterCriteria"] = stream_filter(projected_kinds)
                target = {"Fn::GetAtt": ["ProjectorDeadLetterQueue", "Arn"]}
                source["DestinationConfig"] = {"OnFailure": {"Type": "SQS", "Destination": target}}
            elif event["Type"] == "Schedule":
                source["DeadLetterConfig"] = {"Arn": {"Fn::GetAtt": ["TickDeadLetterQueue", "Arn"]}}
                source["RetryPolicy"] = {"MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 120}
            else:
                raise TemplateError(f"{logical_id} has an event source of an unknown kind: {event['Type']}")


def stream_filter(kinds: Sequence[str]) -> dict[str, Any]:
    """Lets only changes of these kinds of records through.

    Most of what the projector writes (counts, markers, search tokens) comes back to it by the stream, where nothing looks at it: Lambda
    drops those changes before it calls, at no cost.
    """
    images = ("NewImage", "OldImage")
    patterns = [{"dynamodb": {image: {"kind": {"S": list(kinds)}}}} for image in images]
    return {"Filters": [{"Pattern": json.dumps(pattern, separators=(",", ":"))} for pattern in patterns]}


def _short_queue(queue: dict[str, str]) -> str:
    """The name that ``app.py`` gave a queue, at the end of the ARN that chalice made of it."""
    return queue["Fn::Sub"].rsplit(":", 1)[1]


def _queue_resource(template: Template, short: str) -> str:
    logical_id = "".join(word.capitalize() for word in short.split("-")) + "Queue"
    if logical_id not in template["Resources"] or short not in MAXIMUM_CONCURRENCY:
        raise TemplateError(
            f"app.py reads the queue {short}: declare {logical_id} in queues.yaml and its concurrency here"
        )
    return logical_id


def _functions(template: Template) -> None:
    """A log group that forgets, and an alarm, for every function.

    The group is named and made before its function: one that Lambda makes by itself keeps logs for ever.
    """
    for logical_id, properties in list(functions(template)):
        group = f"{logical_id}Logs"
        template["Resources"][group] = {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {
                "LogGroupName": {"Fn::Sub": f"/clientela/${{StageName}}/{function_name(logical_id)}"},
                "RetentionInDays": LOG_DAYS,
            },
        }
        properties["LoggingConfig"] = {"LogGroup": {"Ref": group}, "LogFormat": "Text"}
        for layer in properties.get("Layers", []):
            template["Resources"][layer["Ref"]]["Properties"]["CompatibleRuntimes"] = [properties["Runtime"]]
        properties["Tags"] = {**properties.get("Tags", {}), "clientela:stage": {"Ref": "StageName"}}
        template["Outputs"][f"{logical_id}FunctionName"] = {"Value": {"Ref": logical_id}}
        template["Resources"][f"{logical_id}ErrorsAlarm"] = _alarm(
            f"{function_name(logical_id)} fails",
            Namespace="AWS/Lambda",
            MetricName="Errors",
            Dimensions=[{"Name": "FunctionName", "Value": {"Ref": logical_id}}],
            Statistic="Sum",
            Period=300,
        )
    template["Resources"]["ProjectorLateAlarm"] = _alarm(
        "Derived data are more than five minutes late",
        Namespace="AWS/Lambda",
        MetricName="IteratorAge",
        Dimensions=[{"Name": "FunctionName", "Value": {"Ref": "Project"}}],
        Statistic="Maximum",
        Period=60,
        Threshold=300_000,
    )
    template["Resources"]["ReportMissedAlarm"] = _alarm(
        "A scheduled report did not arrive",
        Namespace=METRICS,
        MetricName="ReportsMissed",
        Dimensions=[{"Name": "service", "Value": "clientela"}, {"Name": "stage", "Value": {"Ref": "StageName"}}],
        Statistic="Sum",
        Period=300,
    )
    template["Resources"]["ApiFailsAlarm"] = _alarm(
        "The API answers with errors of its own",
        Namespace="AWS/ApiGateway",
        MetricName="5XXError",
        Dimensions=[
            {"Name": "ApiName", "Value": {"Fn::Sub": "clientela-${StageName}"}},
            {"Name": "Stage", "Value": "api"},
        ],
        Statistic="Sum",
        Period=300,
    )


def _queues(template: Template) -> None:
    """An alarm for every dead-letter queue, at the first letter."""
    for logical_id, resource in list(template["Resources"].items()):
        if resource["Type"] == "AWS::SQS::Queue" and logical_id.endswith("DeadLetterQueue"):
            template["Resources"][f"{logical_id}Alarm"] = _alarm(
                "Work was given up: see docs/operations.md, redrive",
                Namespace="AWS/SQS",
                MetricName="ApproximateNumberOfMessagesVisible",
                Dimensions=[{"Name": "QueueName", "Value": {"Fn::GetAtt": [logical_id, "QueueName"]}}],
                Statistic="Maximum",
                Period=60,
            )


def _alarm(description: str, *, Threshold: int = 0, **metric: Any) -> dict[str, Any]:  # noqa: N803 - CloudWatch's names
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": description,
            **metric,
            "EvaluationPeriods": 1,
            "Threshold": Threshold,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [{"Ref": "AlarmTopic"}],
            "OKActions": [{"Ref": "AlarmTopic"}],
        },
    }


def _dashboard(template: Template) -> None:
    """One page: the API, the functions, the queues, the table and the mail."""
    names = [logical_id for logical_id, _ in functions(template)]
    queues = [key for key, value in template["Resources"].items() if value["Type"] == "AWS::SQS::Queue"]
    work = [key for key in queues if not key.endswith("DeadLetterQueue")]
    dead = [key for key in queues if key.endswith("DeadLetterQueue")]

    def per_function(metric: str, statistic: str) -> list[list[Any]]:
        return [["AWS/Lambda", metric, "FunctionName", f"${{{name}}}", {"stat": statistic}] for name in names]

    def per_queue(metric: str, which: list[str]) -> list[list[Any]]:
        return [["AWS/SQS", metric, "QueueName", f"${{{name}.QueueName}}", {"stat": "Maximum"}] for name in which]

    def api(metric: str, statistic: str) -> list[Any]:
        return ["AWS/ApiGateway", metric, "ApiName", "clientela-${StageName}", "Stage", "api", {"stat": statistic}]

    def table(metric: str) -> list[Any]:
        return ["AWS/DynamoDB", metric, "TableName", "${Table}", {"stat": "Sum"}]

    panels = [
        ("API: calls and errors", [api(name, "Sum") for name in ("Count", "4XXError", "5XXError")]),
        ("API: milliseconds", [api("Latency", statistic) for statistic in ("p50", "p95", "p99")]),
        ("Functions: calls", per_function("Invocations", "Sum")),
        ("Functions: errors", per_function("Errors", "Sum")),
        ("Functions: milliseconds, 95 of 100", per_function("Duration", "p95")),
        ("Queues: oldest message, seconds", per_queue("ApproximateAgeOfOldestMessage", work)),
        ("Dead letters", per_queue("ApproximateNumberOfMessagesVisible", dead)),
        ("Table: units", [table("ConsumedWriteCapacityUnits"), table("ConsumedReadCapacityUnits")]),
        ("Mail", [["AWS/SES", name, {"stat": "Sum"}] for name in ("Send", "Delivery", "Bounce", "Complaint")]),
    ]
    widgets = [
        {
            "type": "metric",
            "x": 8 * (index % 3),
            "y": 6 * (index // 3),
            "width": 8,
            "height": 6,
            "properties": {"title": title, "region": "${AWS::Region}", "period": 300, "metrics": metrics},
        }
        for index, (title, metrics) in enumerate(panels)
    ]
    template["Resources"]["Dashboard"] = {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {
            "DashboardName": {"Fn::Sub": "clientela-${StageName}"},
            "DashboardBody": {"Fn::Sub": json.dumps({"widgets": widgets}, separators=(",", ":"))},
        },
    }
