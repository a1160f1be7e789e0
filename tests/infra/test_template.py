"""What every function, queue, bucket and policy of the template must have, whoever adds the next one."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cfnlint import ManualArgs, lint

from chalicelib.wiring import TICKS
from infra.build.template import TemplateError, function_name, functions, merge, resources

PROJECT = Path(__file__).parents[2]
CODE = "".join(path.read_text() for path in sorted((PROJECT / "chalicelib").rglob("*.py")))
Template = dict[str, Any]
SETTINGS = json.loads((PROJECT / ".chalice" / "config.json").read_text())["stages"]["clientela"]["lambda_functions"]


def of_type(template: Template, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Logical id and properties of every resource of a type."""
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] == kind:
            yield logical_id, resource.get("Properties", {})


def get_att(logical_id: str, attribute: str = "Arn") -> dict[str, list[str]]:
    return {"Fn::GetAtt": [logical_id, attribute]}


def roles(template: Template) -> dict[str, list[dict[str, Any]]]:
    """The statements of every role, by logical id."""
    return {
        logical_id: [each for policy in properties["Policies"] for each in policy["PolicyDocument"]["Statement"]]
        for logical_id, properties in of_type(template, "AWS::IAM::Role")
    }


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements_of(template: Template, properties: dict[str, Any]) -> list[dict[str, Any]]:
    return roles(template)[properties["Role"]["Fn::GetAtt"][0]]


def allowed(template: Template, properties: dict[str, Any], action: str) -> list[Any]:
    """The resources on which a function may do ``action``."""
    return [
        resource
        for statement in statements_of(template, properties)
        if action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    ]


def events(template: Template, kind: str) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    return [
        (logical_id, properties, event["Properties"])
        for logical_id, properties in functions(template)
        for event in properties.get("Events", {}).values()
        if event["Type"] == kind
    ]


class TestWholeTemplate:
    def test_cfn_lint_finds_nothing(self, template_file: Path) -> None:
        found = lint(template_file.read_text(), config=ManualArgs(regions=["eu-west-1", "us-east-1"]))
        assert [f"{each.rule.id} {each.path}: {each.message}" for each in found] == []

    def test_every_function_of_app_py_is_there(self, template: Template) -> None:
        declared = {
            node.name
            for node in ast.parse((PROJECT / "app.py").read_text()).body
            if isinstance(node, ast.FunctionDef) and node.decorator_list
        }
        found = {function_name(logical_id) for logical_id, _ in functions(template)}
        assert found == declared | {"api_handler"} == SETTINGS.keys()

    def test_it_fits_into_what_cloudformation_takes(self, template_file: Path, template: Template) -> None:
        minified = json.dumps(template, separators=(",", ":"))
        assert len(minified.encode()) < 1_000_000
        # SAM makes about two resources more of each event source and function; 500 is the limit.
        assert len(template["Resources"]) < 400
        assert len(template["Outputs"]) < 200

    def test_names_tell_the_stage(self, template: Template) -> None:
        """Two installations in one account must not fight over a name."""
        names = {
            f"{logical_id}.{key}": value
            for logical_id, resource in template["Resources"].items()
            for key, value in resource.get("Properties", {}).items()
            if key in {"QueueName", "TopicName", "UserPoolName", "LogGroupName", "DashboardName", "Name", "BucketName"}
        }
        fixed = [key for key, value in names.items() if "StageName" not in json.dumps(value)]
        assert fixed == []

    def test_what_holds_data_outlives_the_stack(self, template: Template) -> None:
        for logical_id in ("Table", "FilesBucket", "UserPool", "SigningSecret"):
            resource = template["Resources"][logical_id]
            assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")

    def test_outputs_have_what_the_tools_read(self, template: Template) -> None:
        assert template["Outputs"].keys() >= {
            "TableName",
            "UserPoolId",
            "UserPoolClientId",
            "RestApiId",
            "SiteDomain",
            "SiteBucket",
            "SiteDistributionId",
            "FilesBucket",
            "PublicUrl",
            "MailEventsTopicArn",
        }


class TestFunctions:
    def test_handlers_are_in_app(self, template: Template) -> None:
        """A handler of a blueprint would be imported without app.py (aws/chalice#1566)."""
        assert [
            properties["Handler"]
            for _, properties in functions(template)
            if not properties["Handler"].startswith("app.")
        ] == []

    def test_each_has_settings_and_a_policy_of_its_own(self, template: Template) -> None:
        used: list[str] = []
        for logical_id, properties in functions(template):
            name = function_name(logical_id)
            assert SETTINGS[name]["iam_policy_file"] == f"policy-{name.replace('_', '-')}.json"
            assert properties["Timeout"] == SETTINGS[name]["lambda_timeout"] <= 900
            assert properties["MemorySize"] == SETTINGS[name]["lambda_memory_size"]
            used.append(properties["Role"]["Fn::GetAtt"][0])
        assert len(set(used)) == len(used) == len(SETTINGS)
        files = {path.name for path in (PROJECT / ".chalice").glob("policy-*.json")}
        assert files == {setting["iam_policy_file"] for setting in SETTINGS.values()}

    def test_none_is_traced(self, template: Template) -> None:
        """The tracer costs 300 ms of a cold start."""
        assert {properties["Tracing"] for _, properties in functions(template)} == {"PassThrough"}

    def test_logs_are_kept_for_thirty_days_in_a_group_that_is_there_first(self, template: Template) -> None:
        groups = dict(of_type(template, "AWS::Logs::LogGroup"))
        for logical_id, properties in functions(template):
            group = groups[properties["LoggingConfig"]["LogGroup"]["Ref"]]
            assert group["RetentionInDays"] == 30
            name = group["LogGroupName"]["Fn::Sub"]
            assert name == f"/clientela/${{StageName}}/{function_name(logical_id)}"
            [resource] = allowed(template, properties, "logs:PutLogEvents")
            assert resource["Fn::Sub"].endswith(f"log-group:{name}:*")

    def test_each_has_an_alarm_for_errors(self, template: Template) -> None:
        watched = {
            properties["Dimensions"][0]["Value"]["Ref"]
            for _, properties in of_type(template, "AWS::CloudWatch::Alarm")
            if properties["MetricName"] == "Errors"
        }
        assert watched == {logical_id for logical_id, _ in functions(template)}

    def test_a_missed_report_raises_an_alarm(self, template: Template) -> None:
        """The alarm looks for the metric that the code writes."""
        from chalicelib.foundation import observability
        from chalicelib.insight.reports.service.watching import MISSED_METRIC

        alarm = template["Resources"]["ReportMissedAlarm"]["Properties"]
        assert (alarm["Namespace"], alarm["MetricName"]) == (observability.NAMESPACE, MISSED_METRIC)
        assert alarm["Dimensions"] == [
            {"Name": "service", "Value": "clientela"},
            {"Name": "stage", "Value": {"Ref": "StageName"}},
        ]

    def test_each_that_nobody_waits_for_has_a_dead_letter_path(self, template: Template) -> None:
        """By its queue's redrive policy, its stream's on-failure queue, or its own; the API's caller gets the error instead."""
        queues = dict(of_type(template, "AWS::SQS::Queue"))
        for logical_id, properties in functions(template):
            for event in properties.get("Events", {}).values():
                source = event["Properties"]
                if event["Type"] == "SQS":
                    queue = queues[source["Queue"]["Fn::GetAtt"][0]]
                    target = queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
                elif event["Type"] == "DynamoDB":
                    target = source["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
                    assert get_att(target) in allowed(template, properties, "sqs:SendMessage")
                else:
                    target = properties["DeadLetterQueue"]["TargetArn"]["Fn::GetAtt"][0]
                    assert source["DeadLetterConfig"]["Arn"] == get_att(target)
                    assert properties["EventInvokeConfig"]["MaximumRetryAttempts"] <= 2
                    assert get_att(target) in allowed(template, properties, "sqs:SendMessage")
                assert target.endswith("DeadLetterQueue")
                assert target in queues
            assert properties.get("Events") or logical_id == "APIHandler"

    def test_no_secret_is_in_the_environment(self, template: Template) -> None:
        variables = template["Globals"]["Function"]["Environment"]["Variables"]
        assert variables["SIGNING_SECRET_ARN"] == get_att("SigningSecret", "Id")
        assert not [name for name in variables if name.endswith(("_SECRET", "_KEY", "_PASSWORD", "_TOKEN"))]

    def test_each_carries_the_layers_it_needs(self, template: Template) -> None:
        carriers = {
            logical_id: [layer["Ref"] for layer in properties["Layers"]]
            for logical_id, properties in functions(template)
            if "Layers" in properties
        }
        assert carriers == {
            "APIHandler": ["PicturesLayer"],
            "RunReports": ["ReportingLayer", "FontsLayer"],
            "RunImports": ["TablesLayer"],
            "RunExports": ["TablesLayer", "TypesettingLayer", "FontsLayer"],
        }
        runtimes = {properties["Runtime"] for _, properties in functions(template)}
        for _, properties in of_type(template, "AWS::Serverless::LayerVersion"):
            assert set(properties["CompatibleRuntimes"]) == runtimes


class TestEventSources:
    def test_every_queue_source_reports_single_failures(self, template: Template) -> None:
        sources = events(template, "SQS")
        assert len(sources) == 11
        # Who erases a person takes what names them out of the rejected changes, too.
        more = {"RunJobs": [get_att("ProjectorDeadLetterQueue", "Arn")]}
        for logical_id, properties, source in sources:
            assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
            most = source["ScalingConfig"]["MaximumConcurrency"]
            if isinstance(most, dict):
                most = template["Parameters"][most["Ref"]]["Default"]
            assert 2 <= most <= 1000
            taken = [source["Queue"], *more.get(logical_id, [])]
            assert allowed(template, properties, "sqs:ReceiveMessage") == taken
            assert allowed(template, properties, "sqs:DeleteMessage") == taken

    def test_every_stream_source_isolates_and_gives_up(self, template: Template) -> None:
        sources = events(template, "DynamoDB")
        assert len(sources) == 1
        for _, properties, source in sources:
            assert source["Stream"] == get_att("Table", "StreamArn")
            assert source["StartingPosition"] == "TRIM_HORIZON"
            assert source["BisectBatchOnFunctionError"] is True
            assert 1 <= source["MaximumRetryAttempts"] <= 10
            assert 60 <= source["MaximumRecordAgeInSeconds"] < 86400
            assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
            assert allowed(template, properties, "dynamodb:GetRecords") == [source["Stream"]]

    def test_the_stream_brings_what_some_projection_looks_at(self, template: Template) -> None:
        from chalicelib import wiring

        [(_, _, source)] = events(template, "DynamoDB")
        patterns = [json.loads(each["Pattern"]) for each in source["FilterCriteria"]["Filters"]]
        kinds = sorted(wiring.projections())
        # Deleted records have an old image only.
        assert patterns == [{"dynamodb": {image: {"kind": {"S": kinds}}}} for image in ("NewImage", "OldImage")]
        # What Lambda takes of one pattern.
        assert all(len(each["Pattern"]) <= 4096 for each in source["FilterCriteria"]["Filters"])

    def test_messages_stay_hidden_six_times_as_long_as_their_consumer_may_run(self, template: Template) -> None:
        queues = dict(of_type(template, "AWS::SQS::Queue"))
        for _, properties, source in events(template, "SQS"):
            queue = queues[source["Queue"]["Fn::GetAtt"][0]]
            assert queue["VisibilityTimeout"] >= 6 * properties["Timeout"]

    def test_the_schedule_is_bounded(self, template: Template) -> None:
        for _, _, source in events(template, "Schedule"):
            assert source["RetryPolicy"]["MaximumEventAgeInSeconds"] <= 300


class TestQueues:
    def test_each_is_encrypted_and_remembers_two_weeks(self, template: Template) -> None:
        for _, properties in of_type(template, "AWS::SQS::Queue"):
            assert properties["SqsManagedSseEnabled"] is True
            assert properties["MessageRetentionPeriod"] == 14 * 86400

    def test_each_has_a_dead_letter_queue_with_an_alarm(self, template: Template) -> None:
        queues = dict(of_type(template, "AWS::SQS::Queue"))
        watched = {
            properties["Dimensions"][0]["Value"]["Fn::GetAtt"][0]: properties
            for _, properties in of_type(template, "AWS::CloudWatch::Alarm")
            if properties["MetricName"] == "ApproximateNumberOfMessagesVisible"
        }
        dead = {name for name in queues if name.endswith("DeadLetterQueue")}
        assert watched.keys() == dead
        for alarm in watched.values():
            assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
            assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]
        for name in queues.keys() - dead:
            redrive = queues[name]["RedrivePolicy"]
            assert redrive["deadLetterTargetArn"]["Fn::GetAtt"][0] in dead
            assert 3 <= redrive["maxReceiveCount"] <= 10
            short = queues[name]["QueueName"]["Fn::Sub"]
            assert queues[redrive["deadLetterTargetArn"]["Fn::GetAtt"][0]]["QueueName"]["Fn::Sub"] == f"{short}-dlq"


#: What AWS allows for everything or not at all.
#: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonses.html
ACCOUNT_WIDE = {"ses:GetSendQuota"}


class TestPolicies:
    def test_nothing_is_allowed_on_everything(self, template: Template) -> None:
        for logical_id, statements in roles(template).items():
            for statement in statements:
                for resource in as_list(statement["Resource"]):
                    text = resource if isinstance(resource, str) else json.dumps(resource)
                    if text == "*":
                        assert statement["Action"] in ACCOUNT_WIDE, f"{logical_id}: {statement['Sid']}"
                        continue
                    assert "NotResource" not in statement
                    # A star only where a name is made at run time: objects, schedules, indexes, log streams, identities.
                    last = text.strip('"} ').rsplit(":", 1)[-1]
                    if "*" in last:
                        assert last.endswith(("/index/*", "/stream/*", "/*", "identity/*", "*")), text
                        assert statement["Action"], text

    def test_actions_are_named(self, template: Template) -> None:
        for statements in roles(template).values():
            for statement in statements:
                assert statement["Effect"] == "Allow"
                assert statement["Sid"].isalnum()
                assert not [action for action in as_list(statement["Action"]) if "*" in action]

    def test_no_function_can_scan(self, template: Template) -> None:
        """No access pattern scans; so nobody may."""
        actions = {
            action
            for statements in roles(template).values()
            for each in statements
            for action in as_list(each["Action"])
        }
        assert "dynamodb:Scan" not in actions
        assert "dynamodb:DeleteTable" not in actions

    def test_mail_is_only_sent_by_who_sends_mail(self, template: Template) -> None:
        senders = {
            function_name(logical_id)
            for logical_id, properties in functions(template)
            if allowed(template, properties, "ses:SendRawEmail")
        }
        assert senders == {
            "api_handler",
            "send_campaigns",
            "send_messages",
            "run_reports",
            "run_jobs",
            "run_exports",
            "tick",
        }

    @pytest.mark.parametrize(
        ("function", "queues"),
        [
            (
                "APIHandler",
                {
                    "Scoring",
                    "SegmentFill",
                    "CampaignPlan",
                    "CampaignSend",
                    "Messages",
                    "Reports",
                    "Jobs",
                    "Imports",
                    "Exports",
                },
            ),
            ("Score", set()),
            ("FillSegments", {"SegmentFill"}),
            ("PlanCampaigns", {"CampaignPlan", "CampaignSend"}),
            ("SendCampaigns", {"CampaignSend"}),
            ("SendMessages", {"Messages"}),
            ("ApplyDeliveryEvents", set()),
            ("RunReports", set()),
            ("RunJobs", {"Jobs", "SegmentFill"}),
            ("RunImports", {"Imports", "Jobs"}),
            ("RunExports", {"Exports"}),
            ("AssignLeads", set()),
        ],
    )
    def test_who_may_send_to_which_queue(self, template: Template, function: str, queues: set[str]) -> None:
        properties = template["Resources"][function]["Properties"]
        found = {resource["Fn::GetAtt"][0] for resource in allowed(template, properties, "sqs:SendMessage")}
        assert found == {f"{queue}Queue" for queue in queues}

    def test_who_writes_files_in_pieces_may_give_them_up(self, template: Template) -> None:
        for function in ("RunJobs", "RunExports", "RunImports"):
            properties = template["Resources"][function]["Properties"]
            assert allowed(template, properties, "s3:AbortMultipartUpload") == [{"Fn::Sub": "${FilesBucket.Arn}/*"}]

    def test_the_minute_may_order_whatever_its_tasks_order(self, template: Template) -> None:
        """A local cloud forgives a right that is missing; AWS does not."""
        ordered: set[str] = set()
        for place in TICKS:
            folder = PROJECT / "chalicelib" / Path(*place.partition(":")[0].split(".")[:-1])
            source = "".join(path.read_text() for path in sorted(folder.rglob("*.py")))
            if "publish(work.queue" in source:  # long work of any kind that nobody holds
                ordered.update(re.findall(r'queue="([a-z-]+)"', CODE))
            ordered.update(re.findall(r'publish\(\s*"([a-z-]+)"', source))
            if "publish(events.QUEUE" in source:
                ordered.update(re.findall(r'^QUEUE = "([a-z-]+)"', source, re.MULTILINE))
        assert {"segment-fill", "imports", "exports", "campaign-send"} <= ordered
        found = {
            resource["Fn::GetAtt"][0]
            for resource in allowed(template, template["Resources"]["Tick"]["Properties"], "sqs:SendMessage")
        }
        named = {"".join(part.capitalize() for part in queue.split("-")) + "Queue" for queue in ordered}
        assert found == named | {"TickDeadLetterQueue"}

    def test_roles_are_passed_to_the_scheduler_only(self, template: Template) -> None:
        for statements in roles(template).values():
            for statement in statements:
                if "iam:PassRole" in as_list(statement["Action"]):
                    assert statement["Resource"] == get_att("ScheduleRole")
                    assert statement["Condition"]["StringEquals"]["iam:PassedToService"] == "scheduler.amazonaws.com"

    def test_services_act_for_this_account_only(self, template: Template) -> None:
        """Topics and queues that a service writes to, and the scheduler's role, are closed to other accounts' events."""
        documents = [
            properties["PolicyDocument"]
            for kind in ("AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy")
            for _, properties in of_type(template, kind)
        ]
        documents.append(template["Resources"]["ScheduleRole"]["Properties"]["AssumeRolePolicyDocument"])
        for document in documents:
            for statement in document["Statement"]:
                assert "Service" in statement["Principal"]
                assert statement["Condition"]


class TestStorage:
    def test_buckets_are_private_encrypted_and_closed_to_plain_http(self, template: Template) -> None:
        policies = {
            properties["Bucket"]["Ref"]: properties["PolicyDocument"]["Statement"]
            for _, properties in of_type(template, "AWS::S3::BucketPolicy")
        }
        buckets = dict(of_type(template, "AWS::S3::Bucket"))
        assert buckets.keys() == policies.keys()
        for name, properties in buckets.items():
            assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
            assert len(properties["PublicAccessBlockConfiguration"]) == 4
            assert properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
            assert properties["LifecycleConfiguration"]["Rules"]
            [closed] = [each for each in policies[name] if each["Sid"] == "OnlyOverTls"]
            assert (closed["Effect"], closed["Principal"], closed["Action"]) == ("Deny", "*", "s3:*")
            assert closed["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}

    def test_only_our_cloudfront_reads_the_site(self, template: Template) -> None:
        statements = template["Resources"]["SiteBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
        [reader] = [each for each in statements if each["Effect"] == "Allow"]
        assert reader["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        assert reader["Condition"]["StringEquals"]["AWS:SourceArn"]["Fn::Sub"].endswith("distribution/${Site}")

    def test_only_our_cloudfront_reads_the_pictures_of_mails(self, template: Template) -> None:
        statements = template["Resources"]["FilesBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
        [reader] = [each for each in statements if each["Effect"] == "Allow"]
        assert reader["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        assert (reader["Action"], reader["Resource"]) == ("s3:GetObject", {"Fn::Sub": "${FilesBucket.Arn}/images/*"})
        assert reader["Condition"]["StringEquals"]["AWS:SourceArn"]["Fn::Sub"].endswith("distribution/${Site}")
        distribution = template["Resources"]["Site"]["Properties"]["DistributionConfig"]
        [served] = [each for each in distribution["CacheBehaviors"] if each["PathPattern"] == "/images/*"]
        assert "AllowedMethods" not in served  # GET and HEAD
        assert served["CachePolicyId"] == "658327ea-f89d-4fab-a63d-7e88639e58f6"

    def test_the_table(self, template: Template) -> None:
        table = template["Resources"]["Table"]["Properties"]
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
        assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["SSESpecification"] == {"SSEEnabled": True}
        indexes = {
            index["IndexName"]: [key["AttributeName"] for key in index["KeySchema"]]
            for index in table["GlobalSecondaryIndexes"]
        }
        assert indexes == {"gsi1": ["gsi1pk", "gsi1sk"], "gsi2": ["gsi2pk", "gsi2sk"], "due": ["duepk", "duesk"]}
        assert {index["Projection"]["ProjectionType"] for index in table["GlobalSecondaryIndexes"]} == {"ALL"}


class TestApi:
    def test_errors_of_the_gateway_are_problems_that_browsers_may_read(self, template: Template) -> None:
        answers = template["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]
        assert answers.keys() >= {
            "DEFAULT_4XX",
            "DEFAULT_5XX",
            "MISSING_AUTHENTICATION_TOKEN",
            "THROTTLED",
            "REQUEST_TOO_LARGE",
        }
        for answer in answers.values():
            headers = answer["ResponseParameters"]["Headers"]
            assert headers["Access-Control-Allow-Origin"] == "'*'"
            assert headers["Content-Type"] == "'application/problem+json'"
            body = answer["ResponseTemplates"]["application/json"].replace("$context.error.messageString", '"text"')
            assert json.loads(body).keys() >= {"type", "title", "request_id", "errors"}
            if "StatusCode" in answer:
                assert json.loads(body)["status"] == int(answer["StatusCode"])

    def test_everything_passes_as_bytes_in_both_places_where_it_is_said(self, template: Template) -> None:
        api = template["Resources"]["RestAPI"]["Properties"]
        assert api["BinaryMediaTypes"] == ["*/*"]
        assert api["DefinitionBody"]["x-amazon-apigateway-binary-media-types"] == ["*/*"]

    def test_preflight_requests_are_answered_as_text(self, template: Template) -> None:
        """A mock integration cannot answer bytes: without this every preflight request would fail."""
        for methods in template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"].values():
            if "options" in methods:
                assert methods["options"]["x-amazon-apigateway-integration"]["contentHandling"] == "CONVERT_TO_TEXT"

    def test_it_is_throttled(self, template: Template) -> None:
        [settings] = template["Resources"]["RestAPI"]["Properties"]["MethodSettings"]
        assert settings["ThrottlingRateLimit"] > 0
        assert settings["ThrottlingBurstLimit"] > 0

    def test_there_is_room_for_more_routes(self, template: Template) -> None:
        """API Gateway takes 300 resources; each segment of a path is one."""
        paths = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
        segments = {tuple(path.split("/")[1 : end + 1]) for path in paths for end in range(1, path.count("/") + 1)}
        assert len(segments) < 270


class TestSite:
    def test_the_api_and_its_pages_reach_api_gateway_uncached(self, template: Template) -> None:
        distribution = template["Resources"]["Site"]["Properties"]["DistributionConfig"]
        origins = {origin["Id"]: origin for origin in distribution["Origins"]}
        targets = {each["PathPattern"]: each for each in distribution["CacheBehaviors"]}
        assert {path: each["TargetOriginId"] for path, each in targets.items()} == {
            "/api/*": "api",
            "/f/*": "pages",
            "/calendar/*": "pages",
            "/q/*": "pages",
            "/t/*": "pages",
            "/u/*": "pages",
            "/images/*": "images",
        }
        for path, each in targets.items():
            if path == "/images/*":
                continue
            assert each["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
            assert "POST" in each["AllowedMethods"]
        assert "OriginPath" not in origins["api"]
        assert origins["pages"]["OriginPath"] == "/api"
        assert template["Resources"]["RestAPI"]["Properties"]["StageName"] == "api"

    def test_nothing_is_framed_but_forms(self, template: Template) -> None:
        framed = {
            logical_id: properties["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
            for logical_id, properties in of_type(template, "AWS::CloudFront::ResponseHeadersPolicy")
        }
        for logical_id, headers in framed.items():
            written = headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]
            policy = written["Fn::Sub"] if isinstance(written, dict) else written
            if logical_id == "FormHeaders":
                assert "frame-ancestors *" in policy
                assert "FrameOptions" not in headers
            else:
                assert "frame-ancestors 'none'" in policy
                assert headers["FrameOptions"]["FrameOption"] == "DENY"
            assert "script-src 'unsafe" not in policy
            assert headers["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31536000
            assert headers["ContentTypeOptions"]["Override"] is True

    def test_plain_http_is_redirected(self, template: Template) -> None:
        distribution = template["Resources"]["Site"]["Properties"]["DistributionConfig"]
        behaviours = [distribution["DefaultCacheBehavior"], *distribution["CacheBehaviors"]]
        assert {each["ViewerProtocolPolicy"] for each in behaviours} == {"redirect-to-https"}


class TestMerging:
    def test_dictionaries_merge_and_values_are_replaced(self) -> None:
        assert merge({"a": {"b": 1, "c": [1]}}, {"a": {"c": [2]}, "d": 3}) == {"a": {"b": 1, "c": [2]}, "d": 3}

    def test_an_intrinsic_function_is_a_value(self) -> None:
        """chalice's own merge makes {"Ref": …, "Fn::Sub": …} of these."""
        assert merge({"a": {"Ref": "X"}}, {"a": {"Fn::Sub": "${Y}"}}) == {"a": {"Fn::Sub": "${Y}"}}
        assert merge({"a": {"b": 1}}, {"a": {"Ref": "X"}}) == {"a": {"Ref": "X"}}

    def test_short_forms_are_read(self, tmp_path: Path) -> None:
        (tmp_path / "a.yaml").write_text("Outputs:\n  A: !GetAtt X.Y.Z\n  B: !If [C, !Ref D, !Sub '${E}']\n")
        assert resources(tmp_path)["Outputs"] == {
            "A": {"Fn::GetAtt": ["X", "Y.Z"]},
            "B": {"Fn::If": ["C", {"Ref": "D"}, {"Fn::Sub": "${E}"}]},
        }

    def test_two_files_must_not_declare_the_same(self, tmp_path: Path) -> None:
        for name in ("a", "b"):
            (tmp_path / f"{name}.yaml").write_text("Outputs:\n  A: 1\n")
        with pytest.raises(TemplateError, match=r"b\.yaml declares A again"):
            resources(tmp_path)
