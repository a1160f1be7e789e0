"""Deploying to AWS, every call of it against botocore's Stubber: no call that was not foreseen, each with the right arguments."""

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from infra.deploy import Change, DeployError, deploy, outputs, upload_site
from infra.deploy.__main__ import main
from infra.deploy.site import cache_control

REGION = "eu-west-1"
BUCKET = f"clientela-artifacts-123456789012-{REGION}"
NOW = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
STACK = {"StackName": "clientela-prod", "CreationTime": NOW}


class Cloud:
    """Stubbed clients; ``expect`` says the next call of a service and its answer."""

    def __init__(self) -> None:
        session = boto3.Session("key", "secret", region_name=REGION)
        self._clients = {name: session.client(name) for name in ("cloudformation", "s3", "sts", "cloudfront")}
        self._stubs = {name: Stubber(client) for name, client in self._clients.items()}
        for stub in self._stubs.values():
            stub.activate()

    def __call__(self, service: str) -> Any:
        return self._clients[service]

    def expect(
        self, service: str, operation: str, answer: dict[str, Any], arguments: dict[str, Any] | None = None
    ) -> None:
        self._stubs[service].add_response(operation, answer, arguments)

    def refuse(self, service: str, operation: str, code: str, message: str = "") -> None:
        status = 404 if code == "404" else 400
        self._stubs[service].add_client_error(operation, code, message, status)

    def assert_done(self) -> None:
        for stub in self._stubs.values():
            stub.assert_no_pending_responses()


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    made = Cloud()
    made.expect("sts", "get_caller_identity", {"Account": "123456789012"})
    yield made
    made.assert_done()


@pytest.fixture
def build_dir(tmp_path: Path) -> Path:
    (tmp_path / "functions.zip").write_bytes(b"functions")
    (tmp_path / "reporting.zip").write_bytes(b"layer")
    template = {
        "Parameters": {
            "StageName": {"Type": "String"},
            "MailDomain": {"Type": "String"},
            "LogLevel": {"Type": "String"},
        },
        "Resources": {
            "Score": {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "functions.zip"}},
            "Tick": {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "functions.zip"}},
            "Layer": {"Type": "AWS::Serverless::LayerVersion", "Properties": {"ContentUri": "reporting.zip"}},
        },
        "Outputs": {},
    }
    (tmp_path / "template.json").write_text(json.dumps(template))
    return tmp_path


class Run:
    """One deploy, with what it said and what it asked."""

    def __init__(self, cloud: Cloud, build_dir: Path, *, agree: bool = True) -> None:
        self.cloud, self.build_dir, self.agree = cloud, build_dir, agree
        self.lines: list[str] = []
        self.shown: list[Change] = []
        self.slept: list[float] = []

    def confirm(self, changes: Sequence[Change]) -> bool:
        self.shown += changes
        return self.agree

    def __call__(self, adapt: Callable[[dict[str, Any]], None] | None = None, **parameters: str) -> dict[str, str]:
        return deploy(
            self.cloud,
            "prod",
            self.build_dir,
            parameters,
            self.confirm,
            self.lines.append,
            adapt=adapt,
            sleep=self.slept.append,
        )


def expect_no_stack(cloud: Cloud) -> None:
    cloud.refuse("cloudformation", "describe_stacks", "ValidationError", "Stack with id clientela-prod does not exist")


def expect_stack(cloud: Cloud, status: str, **more: Any) -> None:
    found = {**STACK, "StackStatus": status, **more}
    cloud.expect("cloudformation", "describe_stacks", {"Stacks": [found]}, {"StackName": "clientela-prod"})


def expect_uploads(cloud: Cloud, *, there: bool = False) -> None:
    for prefix, body in (("artifacts/", b"functions"), ("artifacts/", b"layer"), ("templates/", ANY)):
        if there:
            cloud.expect("s3", "head_object", {})
        else:
            cloud.refuse("s3", "head_object", "404")
            cloud.expect("s3", "put_object", {}, {"Bucket": BUCKET, "Key": _Starts(prefix), "Body": body})


class _Starts:
    """Equal to every text that starts so."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and other.startswith(self.prefix)

    __hash__ = None  # type: ignore[assignment]


def expect_change_set(cloud: Cloud, kind: str, parameters: list[dict[str, Any]], changes: list[dict[str, Any]]) -> None:
    cloud.expect(
        "cloudformation",
        "create_change_set",
        {},
        {
            "StackName": "clientela-prod",
            "ChangeSetName": _Starts("deploy-"),
            "ChangeSetType": kind,
            "TemplateURL": _Starts(f"https://{BUCKET}.s3.{REGION}.amazonaws.com/templates/"),
            "Parameters": parameters,
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        },
    )
    cloud.expect("cloudformation", "describe_change_set", {"Status": "CREATE_IN_PROGRESS"})
    cloud.expect("cloudformation", "describe_change_set", {"Status": "CREATE_COMPLETE", "Changes": changes})


def resource(action: str, logical_id: str, replacement: str | None = None) -> dict[str, Any]:
    change = {"Action": action, "LogicalResourceId": logical_id, "ResourceType": "AWS::SQS::Queue"}
    return {"Type": "Resource", "ResourceChange": {**change, **({"Replacement": replacement} if replacement else {})}}


def event(number: int, logical_id: str, status: str, reason: str = "") -> dict[str, Any]:
    return {
        "StackId": "id",
        "EventId": str(number),
        "StackName": "clientela-prod",
        "Timestamp": NOW,
        "LogicalResourceId": logical_id,
        "ResourceStatus": status,
        **({"ResourceStatusReason": reason} if reason else {}),
    }


def expect_events(cloud: Cloud, *events: dict[str, Any]) -> None:
    cloud.expect("cloudformation", "describe_stack_events", {"StackEvents": list(events)})


STAGE = {"ParameterKey": "StageName", "ParameterValue": "prod"}
OUTPUTS = [{"OutputKey": "TableName", "OutputValue": "table"}]


def test_a_first_deploy_makes_bucket_and_stack_and_tells_of_each_resource(cloud: Cloud, build_dir: Path) -> None:
    run = Run(cloud, build_dir)
    expect_no_stack(cloud)
    cloud.refuse("s3", "head_bucket", "404")
    where = {"LocationConstraint": REGION}
    cloud.expect("s3", "create_bucket", {}, {"Bucket": BUCKET, "CreateBucketConfiguration": where})
    cloud.expect("s3", "put_public_access_block", {})
    cloud.expect("s3", "put_bucket_policy", {})
    expect_uploads(cloud)
    mail = {"ParameterKey": "MailDomain", "ParameterValue": "example.com"}
    expect_change_set(cloud, "CREATE", [mail, STAGE], [resource("Add", "Queue")])
    expect_events(cloud, event(1, "clientela-prod", "REVIEW_IN_PROGRESS"))
    cloud.expect("cloudformation", "execute_change_set", {})
    expect_stack(cloud, "CREATE_IN_PROGRESS")
    expect_events(cloud, event(2, "Queue", "CREATE_IN_PROGRESS"), event(1, "clientela-prod", "REVIEW_IN_PROGRESS"))
    expect_stack(cloud, "CREATE_COMPLETE", Outputs=OUTPUTS)
    expect_events(
        cloud,
        event(4, "clientela-prod", "CREATE_COMPLETE"),
        event(3, "Queue", "CREATE_COMPLETE"),
        event(2, "Queue", "CREATE_IN_PROGRESS"),
    )
    assert run(MailDomain="example.com") == {"TableName": "table"}
    assert [str(change) for change in run.shown] == ["Add     Queue  AWS::SQS::Queue"]
    assert "CREATE_COMPLETE          Queue" in run.lines
    assert run.slept == [2.0, 2.0]


def test_later_deploys_keep_parameters_and_show_replacements(cloud: Cloud, build_dir: Path) -> None:
    run = Run(cloud, build_dir, agree=False)
    known = [
        STAGE,
        {"ParameterKey": "MailDomain", "ParameterValue": "example.com"},
        {"ParameterKey": "Gone", "ParameterValue": "1"},
    ]
    expect_stack(cloud, "UPDATE_COMPLETE", Parameters=known)
    cloud.expect("s3", "head_bucket", {})
    expect_uploads(cloud, there=True)
    kept = {"ParameterKey": "MailDomain", "UsePreviousValue": True}
    debug = {"ParameterKey": "LogLevel", "ParameterValue": "DEBUG"}
    expect_change_set(
        cloud, "UPDATE", [debug, STAGE, kept], [resource("Modify", "Queue", "True"), {"Type": "Resource"}]
    )
    cloud.expect("cloudformation", "delete_change_set", {})
    with pytest.raises(DeployError, match="refused"):
        run(LogLevel="DEBUG")
    assert [str(change) for change in run.shown] == ["Modify  Queue  AWS::SQS::Queue  (REPLACED)"]


def fingerprint(build_dir: Path) -> str:
    """What a deploy of this build leaves in the outputs."""
    probe = Cloud()
    probe.expect("sts", "get_caller_identity", {"Account": "123456789012"})
    expect_no_stack(probe)
    probe.expect("s3", "head_bucket", {})
    for _ in range(2):
        probe.expect("s3", "head_object", {})
    probe.refuse("s3", "head_object", "404")
    seen: list[bytes] = []

    class Keep:
        def __eq__(self, other: object) -> bool:
            assert isinstance(other, bytes)
            seen.append(other)
            return True

        __hash__ = None  # type: ignore[assignment]

    probe.expect("s3", "put_object", {}, {"Bucket": BUCKET, "Key": ANY, "Body": Keep()})
    probe.refuse("cloudformation", "create_change_set", "Stop")
    with pytest.raises(Exception, match="Stop"):
        Run(probe, build_dir)()
    found: str = json.loads(seen[0])["Outputs"]["Fingerprint"]["Value"]
    return found


def test_an_unchanged_deploy_changes_nothing(cloud: Cloud, build_dir: Path) -> None:
    run = Run(cloud, build_dir)
    made = {"OutputKey": "Fingerprint", "OutputValue": fingerprint(build_dir)}
    expect_stack(cloud, "UPDATE_COMPLETE", Parameters=[STAGE], Outputs=[*OUTPUTS, made])
    assert run()["TableName"] == "table"
    assert run.lines == ["Stack unchanged"]


def test_other_code_is_another_fingerprint(build_dir: Path, tmp_path: Path) -> None:
    before = fingerprint(build_dir)
    (build_dir / "functions.zip").write_bytes(b"other")
    # The probe of `fingerprint` foresees what it uploads by kind, not by content.
    assert fingerprint(build_dir) != before


def test_a_change_set_without_changes_is_removed(cloud: Cloud, build_dir: Path) -> None:
    run = Run(cloud, build_dir)
    expect_stack(cloud, "UPDATE_COMPLETE")
    cloud.expect("s3", "head_bucket", {})
    expect_uploads(cloud, there=True)
    cloud.expect("cloudformation", "create_change_set", {})
    reason = "The submitted information didn't contain changes. Submit different information to create a change set."
    cloud.expect("cloudformation", "describe_change_set", {"Status": "FAILED", "StatusReason": reason})
    cloud.expect("cloudformation", "delete_change_set", {})
    expect_stack(cloud, "UPDATE_COMPLETE", Outputs=OUTPUTS)
    assert run() == {"TableName": "table"}
    assert run.shown == []


def test_a_template_that_is_refused_says_why(cloud: Cloud, build_dir: Path) -> None:
    expect_no_stack(cloud)
    cloud.expect("s3", "head_bucket", {})
    expect_uploads(cloud, there=True)
    cloud.expect("cloudformation", "create_change_set", {})
    cloud.expect("cloudformation", "describe_change_set", {"Status": "FAILED", "StatusReason": "Unresolved resource X"})
    with pytest.raises(DeployError, match="Unresolved resource X"):
        Run(cloud, build_dir)()


def test_a_failed_resource_is_named_and_those_cancelled_with_it_are_not(cloud: Cloud, build_dir: Path) -> None:
    expect_stack(cloud, "UPDATE_COMPLETE")
    cloud.expect("s3", "head_bucket", {})
    expect_uploads(cloud, there=True)
    expect_change_set(cloud, "UPDATE", [STAGE], [resource("Modify", "Queue")])
    expect_events(cloud)
    cloud.expect("cloudformation", "execute_change_set", {})
    expect_stack(cloud, "UPDATE_ROLLBACK_COMPLETE")
    expect_events(
        cloud,
        event(3, "clientela-prod", "UPDATE_ROLLBACK_COMPLETE"),
        event(2, "Other", "UPDATE_FAILED", "Resource update cancelled"),
        event(1, "Queue", "UPDATE_FAILED", "Bad visibility"),
    )
    with pytest.raises(DeployError, match=r"UPDATE_ROLLBACK_COMPLETE:\n  Queue: Bad visibility$"):
        Run(cloud, build_dir)()


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        ("ROLLBACK_COMPLETE", "Delete the stack"),
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback"),
        ("UPDATE_IN_PROGRESS", "wait until that has ended"),
    ],
)
def test_a_stack_that_takes_no_update_says_what_to_do(cloud: Cloud, build_dir: Path, status: str, advice: str) -> None:
    expect_stack(cloud, status)
    with pytest.raises(DeployError, match=advice):
        Run(cloud, build_dir)()


def test_somebody_elses_bucket_is_not_used(cloud: Cloud, build_dir: Path) -> None:
    expect_no_stack(cloud)
    cloud.refuse("s3", "head_bucket", "403")
    with pytest.raises(DeployError, match="Cannot use the bucket"):
        Run(cloud, build_dir)()


def test_outputs_of_no_stack_are_empty(cloud: Cloud) -> None:
    cloud("sts").get_caller_identity()
    expect_no_stack(cloud)
    assert outputs(cloud, "prod") == {}


class TestSite:
    @pytest.fixture
    def cloud(self) -> Iterator[Cloud]:
        made = Cloud()
        yield made
        made.assert_done()

    @pytest.fixture
    def site(self, tmp_path: Path) -> Path:
        for name, text in {
            "index.html": "<p>",
            "assets/index-Ab3_x-9Z.js": "code",
            "embed/form.js": "form",
            "icon.svg": "<svg/>",
        }.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        return tmp_path

    def test_pages_go_last_and_each_file_says_what_it_is(self, cloud: Cloud, site: Path) -> None:
        cloud.expect("s3", "list_objects_v2", {"Contents": []}, {"Bucket": "site"})
        for key, kind, cache in (
            ("assets/index-Ab3_x-9Z.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
            ("embed/form.js", "text/javascript; charset=utf-8", "public, max-age=300"),
            ("icon.svg", "image/svg+xml", "public, max-age=300"),
            ("index.html", "text/html; charset=utf-8", "no-cache"),
        ):
            expected = {"Bucket": "site", "Key": key, "Body": ANY, "ContentType": kind, "CacheControl": cache}
            cloud.expect("s3", "put_object", {}, expected)
        lines: list[str] = []
        assert upload_site(cloud, "site", "DIST", site, lines.append) == 4
        assert lines == ["Site: 4 of 4 files uploaded"]

    def test_only_changes_are_uploaded_and_invalidated_and_old_files_fade(self, cloud: Cloud, site: Path) -> None:
        long_ago, now = NOW - dt.timedelta(days=400), dt.datetime.now(dt.UTC)
        present = [
            ("assets/index-Ab3_x-9Z.js", "c13367945d5d4c91047b3b50234aa7ab", now),  # MD5 of "code"
            ("embed/form.js", "other", now),
            ("index.html", "other", now),
            ("icon.svg", "other", now),
            ("assets/gone-12345678.js", "x", long_ago),
            ("assets/recent-12345678.js", "x", now),
        ]
        contents = [{"Key": key, "ETag": f'"{tag}"', "LastModified": at} for key, tag, at in present]
        cloud.expect("s3", "list_objects_v2", {"Contents": contents})
        for _ in range(3):
            cloud.expect("s3", "put_object", {})
        cloud.expect("s3", "delete_object", {}, {"Bucket": "site", "Key": "assets/gone-12345678.js"})
        paths = ["/embed/form.js", "/icon.svg", "/index.html", "/"]
        batch = {"Paths": {"Quantity": 4, "Items": paths}, "CallerReference": ANY}
        cloud.expect("cloudfront", "create_invalidation", {}, {"DistributionId": "DIST", "InvalidationBatch": batch})
        assert upload_site(cloud, "site", "DIST", site, lambda line: None) == 3

    @pytest.mark.parametrize(
        ("key", "forever"),
        [("assets/a-12345678.css", True), ("assets/a.css", False), ("embed/form.js", False), ("a-12345678.js", False)],
    )
    def test_only_names_with_a_hash_are_kept_for_ever(self, key: str, forever: bool) -> None:
        assert ("immutable" in cache_control(key)) is forever


class TestCommand:
    def test_it_wants_a_region(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
        assert main(["--stage", "prod"]) == 2
        assert "No region" in capsys.readouterr().err

    def test_parameters_are_name_and_value(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit):
            main(["--stage", "prod", "--parameter", "nonsense"])
        assert "is not NAME=VALUE" in capsys.readouterr().err
