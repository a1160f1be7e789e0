"""The stack: artifacts, change set, execution, outputs."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

Clients = Callable[[str], Any]
"""Gives a boto3 client for the name of a service (``"s3"``)."""

Template = dict[str, Any]
Progress = Callable[[str], object]

FINGERPRINT = "Fingerprint"
"""The output that tells what a stack was made from."""

_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
_NOTHING_CHANGED = ("didn't contain changes", "No updates are to be performed")


class DeployError(Exception):
    """A deploy that did not come to its end; the message says what to do, or which resource failed and why."""


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a change set: ``action`` is Add, Modify or Remove; ``replacement`` True, False or Conditional."""

    action: str
    logical_id: str
    resource_type: str
    replacement: str = "False"

    def __str__(self) -> str:
        replaced = {"True": "  (REPLACED)", "Conditional": "  (maybe replaced)"}.get(self.replacement, "")
        return f"{self.action:<7} {self.logical_id}  {self.resource_type}{replaced}"


def deploy(
    clients: Clients,
    stage: str,
    build_dir: Path,
    parameters: Mapping[str, str],
    confirm: Callable[[Sequence[Change]], bool],
    progress: Progress,
    *,
    adapt: Callable[[Template], None] | None = None,
    poll_seconds: float = 2.0,
    sleep: Callable[[float], object] = time.sleep,
) -> dict[str, str]:
    """Make or update the stack ``clientela-<stage>`` from ``build_dir`` and return its outputs.

    ``parameters`` are the template's (``StageName`` is put there from ``stage``); those left out keep the value they have.
    ``confirm`` is shown the changes and answers whether to make them. ``progress`` gets a line per step and per resource.
    ``adapt`` may change the template in place before it is used; the local cloud does (``infra.local_compat.compat``).
    When the stack was made from the very same template, artifacts and parameters nothing is called that changes anything.

    Raises ``DeployError`` when ``confirm`` refuses, when the stack is in a state that takes no update, or when a resource fails
    (CloudFormation has put everything back then).
    """
    name = f"clientela-{stage}"
    cloudformation, s3 = clients("cloudformation"), clients("s3")
    account = clients("sts").get_caller_identity()["Account"]
    region = s3.meta.region_name
    bucket = f"clientela-artifacts-{account}-{region}"

    template: Template = json.loads((build_dir / "template.json").read_text())
    if adapt:
        adapt(template)
    artifacts = _place_artifacts(template, build_dir, bucket)
    stack = _describe(cloudformation, name)
    given = {**parameters, "StageName": stage}
    values = {**_current_parameters(stack), **given}
    fingerprint = _hash(json.dumps([template, values], sort_keys=True).encode())[:16]
    if stack and stack["StackStatus"] in _SETTLED and _outputs(stack).get(FINGERPRINT) == fingerprint:
        progress("Stack unchanged")
        return _outputs(stack)
    if stack and stack["StackStatus"] not in (*_SETTLED, "REVIEW_IN_PROGRESS"):
        raise DeployError(_STUCK.get(stack["StackStatus"], _BUSY).format(stack=name, status=stack["StackStatus"]))

    _make_bucket(s3, bucket, region)
    template["Outputs"][FINGERPRINT] = {"Value": fingerprint}
    body = json.dumps(template, sort_keys=True, separators=(",", ":")).encode()
    template_key = f"templates/{_hash(body)}.json"
    for key, data in {**{key: path.read_bytes() for key, path in artifacts.items()}, template_key: body}.items():
        if not _exists(s3, bucket, key):
            s3.put_object(Bucket=bucket, Key=key, Body=data)
            progress(f"Uploaded {key} ({len(data) / 1e6:.1f} MB)")

    created = stack is None or stack["StackStatus"] == "REVIEW_IN_PROGRESS"
    change_set = f"deploy-{fingerprint}-{int(time.time())}"
    kept = [key for key in _current_parameters(stack) if key in template["Parameters"] and key not in given]
    cloudformation.create_change_set(
        StackName=name,
        ChangeSetName=change_set,
        ChangeSetType="CREATE" if created else "UPDATE",
        TemplateURL=_object_url(s3, bucket, template_key, region),
        Parameters=[
            *({"ParameterKey": key, "ParameterValue": value} for key, value in given.items()),
            *({"ParameterKey": key, "UsePreviousValue": True} for key in kept),
        ],
        Capabilities=_CAPABILITIES,
    )
    changes = _await_change_set(cloudformation, name, change_set, poll_seconds, sleep)
    if changes is None:
        cloudformation.delete_change_set(StackName=name, ChangeSetName=change_set)
        progress("Stack unchanged")
        return _outputs(_describe(cloudformation, name) or {})
    if not confirm(changes):
        cloudformation.delete_change_set(StackName=name, ChangeSetName=change_set)
        raise DeployError("Not deployed: the changes were refused.")
    seen = _event_ids(cloudformation, name)
    cloudformation.execute_change_set(StackName=name, ChangeSetName=change_set)
    return _watch(cloudformation, name, seen, progress, poll_seconds, sleep)


def outputs(clients: Clients, stage: str) -> dict[str, str]:
    """The outputs of the stack of ``stage``; empty when there is none."""
    return _outputs(_describe(clients("cloudformation"), f"clientela-{stage}") or {})


_SETTLED = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE")
_BUSY = "The stack {stack} is busy ({status}): wait until that has ended and try again."
_STUCK = {
    "ROLLBACK_COMPLETE": "The first deploy of {stack} failed and was rolled back. Delete the stack (its table and files are kept) "
    "and try again.",
    "ROLLBACK_FAILED": "The stack {stack} could not be rolled back. Delete it (its table and files are kept) and try again.",
    "UPDATE_ROLLBACK_FAILED": "The stack {stack} is stuck half-way back: run `aws cloudformation continue-update-rollback`.",
}


def _place_artifacts(template: Template, build_dir: Path, bucket: str) -> dict[str, Path]:
    """Point functions and layers to the bucket; returns what to upload by key."""
    uploads: dict[str, Path] = {}
    keys: dict[str, str] = {}
    for resource in template["Resources"].values():
        place = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}.get(
            resource["Type"]
        )
        if place is None:
            continue
        file = resource["Properties"][place]
        if file not in keys:
            path = build_dir / file
            keys[file] = f"artifacts/{_hash(path.read_bytes())}-{file}"
            uploads[keys[file]] = path
        resource["Properties"][place] = {"Bucket": bucket, "Key": keys[file]}
    return uploads


def _make_bucket(s3: Any, bucket: str, region: str) -> None:
    """The private bucket for artifacts; what is there already stays."""
    try:
        s3.head_bucket(Bucket=bucket)
        return
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchBucket", "NotFound"):
            raise DeployError(f"Cannot use the bucket {bucket}: {error}") from error
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=bucket, **where)
    s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    arn = f"arn:{'aws-cn' if region.startswith('cn-') else 'aws'}:s3:::{bucket}"
    statement = {
        "Sid": "OnlyOverTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    if "amazonaws.com" in s3.meta.endpoint_url:  # the local cloud speaks plain HTTP on loopback
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        s3.put_bucket_policy(Bucket=bucket, Policy=policy)


def _exists(s3: Any, bucket: str, key: str) -> bool:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
            return False
        raise
    return True


def _object_url(s3: Any, bucket: str, key: str, region: str) -> str:
    """The address under which CloudFormation reads an object."""
    endpoint = s3.meta.endpoint_url
    if "amazonaws.com" in endpoint:
        return f"https://{bucket}.s3.{region}.amazonaws.com/{key}"
    return f"{endpoint}/{bucket}/{key}"


def _describe(cloudformation: Any, name: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    # The local cloud still describes a deleted stack.
    return None if found["StackStatus"] == "DELETE_COMPLETE" else found


def _outputs(stack: Mapping[str, Any]) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _current_parameters(stack: Mapping[str, Any] | None) -> dict[str, str]:
    return {each["ParameterKey"]: each.get("ParameterValue", "") for each in (stack or {}).get("Parameters", [])}


def _await_change_set(
    cloudformation: Any, name: str, change_set: str, poll_seconds: float, sleep: Callable[[float], object]
) -> list[Change] | None:
    """The changes, or None when there are none."""
    while True:
        found = cloudformation.describe_change_set(StackName=name, ChangeSetName=change_set)
        if found["Status"] == "CREATE_COMPLETE":
            break
        if found["Status"] == "FAILED":
            if any(text in found.get("StatusReason", "") for text in _NOTHING_CHANGED):
                return None
            raise DeployError(f"CloudFormation refused the template: {found.get('StatusReason', 'no reason given')}")
        sleep(poll_seconds)
    changes = list(found["Changes"])
    while token := found.get("NextToken"):
        found = cloudformation.describe_change_set(StackName=name, ChangeSetName=change_set, NextToken=token)
        changes += found["Changes"]
    described = (change["ResourceChange"] for change in changes if "ResourceChange" in change)
    return [
        Change(each["Action"], each["LogicalResourceId"], each["ResourceType"], str(each.get("Replacement", "False")))
        for each in described
    ]


def _event_ids(cloudformation: Any, name: str) -> set[str]:
    return {event["EventId"] for event in cloudformation.describe_stack_events(StackName=name)["StackEvents"]}


def _watch(
    cloudformation: Any,
    name: str,
    seen: set[str],
    progress: Progress,
    poll_seconds: float,
    sleep: Callable[[float], object],
) -> dict[str, str]:
    """Tell of every resource until the stack comes to rest; its outputs, or ``DeployError``."""
    failures: list[str] = []
    while True:
        stack = _describe(cloudformation, name) or {}
        for event in _new_events(cloudformation, name, seen):
            status, reason = event["ResourceStatus"], event.get("ResourceStatusReason", "")
            if status.endswith("_COMPLETE") and event["LogicalResourceId"] != name:
                progress(f"{status:<24} {event['LogicalResourceId']}")
            elif status.endswith("_FAILED"):
                progress(f"{status:<24} {event['LogicalResourceId']}: {reason}")
                if "cancelled" not in reason.lower():
                    failures.append(f"{event['LogicalResourceId']}: {reason}")
        status = stack.get("StackStatus", "DELETE_COMPLETE")
        if not status.endswith("_IN_PROGRESS"):
            break
        sleep(poll_seconds)
    if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        reasons = "\n  ".join(failures) or stack.get("StackStatusReason", "no reason given")
        raise DeployError(f"The stack ended as {status}:\n  {reasons}")
    return _outputs(stack)


def _new_events(cloudformation: Any, name: str, seen: set[str]) -> list[dict[str, Any]]:
    """Events not told yet, oldest first; adds them to ``seen``."""
    found: list[dict[str, Any]] = []
    token: dict[str, str] = {}
    while True:
        page = cloudformation.describe_stack_events(StackName=name, **token)
        fresh = [event for event in page["StackEvents"] if event["EventId"] not in seen]
        found += fresh
        # Newest first: a page with something known is the last one of interest.
        if len(fresh) < len(page["StackEvents"]) or "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    seen.update(event["EventId"] for event in found)
    return found[::-1]


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
