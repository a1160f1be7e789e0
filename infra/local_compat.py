"""What the local cloud (ministack 1.5.33) needs changed in the template, and what its CloudFormation leaves out.

``compat`` changes the template before a local deploy; ``fixups`` sets by API afterwards what CloudFormation there ignores in silence.
Both are for that program only and never touch what goes to AWS. Look at both lists again with every new version of it.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from infra.deploy import Clients
from infra.deploy.stack import FINGERPRINT

Template = dict[str, Any]


def compat(endpoint_url: str) -> Callable[[Template], None]:
    """A function for ``deploy(adapt=…)`` that changes a template in place for the local cloud at ``endpoint_url``.

    - CloudFront there reaches API Gateway by its path on the local port, in plain HTTP, and redirects nobody to HTTPS.
    - Rights on schedules are asked for the group "default" whatever the group of the schedule is; rights to send mail are asked
      for no resource at all; sending a batch to a queue is a right of its own, and so are statements in PartiQL, of no resource.
    - Bucket policies that refuse plain HTTP would refuse everybody.
    - Buckets have no names of their own: uploads go to the local port.
    - Domains have no DKIM records.
    - A parameter stays text where a number is meant: how many functions work on a queue is written out.
    """
    port = urlsplit(endpoint_url).port or 80

    def adapt(template: Template) -> None:
        resources = template["Resources"]
        _cloudfront(resources["Site"]["Properties"]["DistributionConfig"], port)
        for resource in resources.values():
            if resource["Type"] == "AWS::IAM::Role":
                for inline in resource["Properties"].get("Policies", []):
                    for statement in inline["PolicyDocument"]["Statement"]:
                        _rights(statement)
            for event in resource.get("Properties", {}).get("Events", {}).values():
                _concurrency(event["Properties"].get("ScalingConfig", {}), template["Parameters"])
        headers = resources["SiteHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
        text = headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]
        text["Fn::Sub"] = text["Fn::Sub"].replace("https://${FilesBucket.RegionalDomainName}", endpoint_url)
        for name in ("SiteBucketPolicy", "FilesBucketPolicy"):
            policy = resources[name]["Properties"]["PolicyDocument"]
            policy["Statement"] = [each for each in policy["Statement"] if each["Sid"] != "OnlyOverTls"]
        for name in [name for name in template["Outputs"] if name.startswith("MailDkimRecord")]:
            del template["Outputs"][name]

    return adapt


def _concurrency(scaling: dict[str, Any], parameters: dict[str, Any]) -> None:
    most = scaling.get("MaximumConcurrency")
    if isinstance(most, dict):
        scaling["MaximumConcurrency"] = int(parameters[most["Ref"]]["Default"])


def _cloudfront(distribution: dict[str, Any], port: int) -> None:
    for origin in distribution["Origins"]:
        if "CustomOriginConfig" in origin:
            origin["DomainName"] = "127.0.0.1"
            origin["OriginPath"] = {"Fn::Sub": "/_aws/execute-api/${RestAPI}" + origin.get("OriginPath", "")}
            origin["CustomOriginConfig"] = {"OriginProtocolPolicy": "http-only", "HTTPPort": port}
    for behaviour in (distribution["DefaultCacheBehavior"], *distribution["CacheBehaviors"]):
        behaviour["ViewerProtocolPolicy"] = "allow-all"


def _rights(statement: dict[str, Any]) -> None:
    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
    if any(action.startswith("scheduler:") for action in actions):
        arn = statement["Resource"]["Fn::Sub"]
        statement["Resource"] = [{"Fn::Sub": arn}, {"Fn::Sub": arn.replace("${ScheduleGroup}", "default")}]
    if "ses:SendRawEmail" in actions:
        statement["Resource"] = "*"
    if "dynamodb:PartiQLUpdate" in actions:
        statement["Action"], statement["Resource"] = [*actions, "dynamodb:BatchExecuteStatement"], "*"
    if "sqs:SendMessage" in actions:
        statement["Action"] = [*actions, "sqs:SendMessageBatch"]


def fixups(clients: Clients, template: Template, outputs: dict[str, str]) -> bool:
    """Set what the local CloudFormation leaves out; returns whether there was anything to do.

    ``template`` is the build's, ``outputs`` the stack's. Call it after every deploy: it remembers, in a parameter of the local cloud,
    which deploy it was done for.

    - identity topics, because configuration sets never publish there, and the identity's verification;
    - the table's time to live;
    - the function ``tick``'s dead-letter queue and retries;
    - answers of API Gateway to preflight requests and to its own errors.
    """
    ssm = clients("ssm")
    name = f"/clientela-local/fixups/{outputs['SiteDistributionId']}"
    done = f"{outputs['RestApiId']} {outputs[FINGERPRINT]}"
    try:
        if ssm.get_parameter(Name=name)["Parameter"]["Value"] == done:
            return False
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise
    _mail(clients("ses"), outputs)
    _time_to_live(clients("dynamodb"), template, outputs["TableName"])
    _asynchronous(clients, template, outputs)
    _gateway(clients("apigateway"), template["Resources"]["RestAPI"]["Properties"], outputs["RestApiId"])
    ssm.put_parameter(Name=name, Value=done, Type="String", Overwrite=True)
    return True


def _mail(ses: Any, outputs: dict[str, str]) -> None:
    """Topics of the identity itself: Bounce, Complaint and Delivery then reach the queue as from a configuration set."""
    domain = outputs["MailDomain"]
    ses.verify_domain_identity(Domain=domain)
    for kind in ("Bounce", "Complaint", "Delivery"):
        ses.set_identity_notification_topic(
            Identity=domain, NotificationType=kind, SnsTopic=outputs["MailEventsTopicArn"]
        )


def _time_to_live(dynamodb: Any, template: Template, table: str) -> None:
    wanted = template["Resources"]["Table"]["Properties"]["TimeToLiveSpecification"]
    found = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    if found.get("TimeToLiveStatus") not in ("ENABLED", "ENABLING"):
        dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=wanted)


def _asynchronous(clients: Clients, template: Template, outputs: dict[str, str]) -> None:
    """Dead-letter queues and retries of functions that are called without waiting."""
    functions = clients("lambda")
    for logical_id, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        if resource["Type"] != "AWS::Serverless::Function" or "DeadLetterQueue" not in properties:
            continue
        function = outputs[f"{logical_id}FunctionName"]
        queue = properties["DeadLetterQueue"]["TargetArn"]["Fn::GetAtt"][0]
        arn = clients("sqs").get_queue_attributes(QueueUrl=outputs[f"{queue}Url"], AttributeNames=["QueueArn"])
        functions.update_function_configuration(
            FunctionName=function, DeadLetterConfig={"TargetArn": arn["Attributes"]["QueueArn"]}
        )
        retries = properties["EventInvokeConfig"]
        functions.put_function_event_invoke_config(
            FunctionName=function,
            MaximumRetryAttempts=retries["MaximumRetryAttempts"],
            MaximumEventAgeInSeconds=retries["MaximumEventAgeInSeconds"],
        )


def _gateway(apigateway: Any, api: dict[str, Any], rest_api: str) -> None:
    """Headers on answers to preflight requests, and the gateway's own errors; then the stage is deployed anew."""
    ids = {each["path"]: each["id"] for each in _resources(apigateway, rest_api)}
    for path, methods in api["DefinitionBody"]["paths"].items():
        if (preflight := methods.get("options")) is None:
            continue
        headers = preflight["x-amazon-apigateway-integration"]["responses"]["default"]["responseParameters"]
        where = {"restApiId": rest_api, "resourceId": ids[path], "httpMethod": "OPTIONS", "statusCode": "200"}
        apigateway.put_method_response(**where, responseParameters=dict.fromkeys(headers, False))
        apigateway.put_integration_response(**where, responseParameters=headers)
    for kind, answer in api["GatewayResponses"].items():
        apigateway.put_gateway_response(
            restApiId=rest_api,
            responseType=kind,
            **({"statusCode": str(answer["StatusCode"])} if "StatusCode" in answer else {}),
            responseParameters={
                f"gatewayresponse.header.{header}": value
                for header, value in answer["ResponseParameters"]["Headers"].items()
            },
            responseTemplates=answer["ResponseTemplates"],
        )
    apigateway.create_deployment(restApiId=rest_api, stageName=api["StageName"])


def _resources(apigateway: Any, rest_api: str) -> Iterator[dict[str, Any]]:
    for page in apigateway.get_paginator("get_resources").paginate(restApiId=rest_api):
        yield from page["items"]
