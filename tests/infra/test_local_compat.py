"""What is changed for the local cloud, and that it is changed there only."""

import copy
from typing import Any

from infra.local_compat import compat

Template = dict[str, Any]


def adapted(template: Template) -> Template:
    found = copy.deepcopy(template)
    compat("http://127.0.0.1:4566")(found)
    return found


def test_cloudfront_reaches_api_gateway_on_the_local_port(template: Template) -> None:
    distribution = adapted(template)["Resources"]["Site"]["Properties"]["DistributionConfig"]
    origins = {origin["Id"]: origin for origin in distribution["Origins"]}
    assert origins["api"]["OriginPath"] == {"Fn::Sub": "/_aws/execute-api/${RestAPI}"}
    assert origins["pages"]["OriginPath"] == {"Fn::Sub": "/_aws/execute-api/${RestAPI}/api"}
    for name in ("api", "pages"):
        assert origins[name]["CustomOriginConfig"] == {"OriginProtocolPolicy": "http-only", "HTTPPort": 4566}
    assert "CustomOriginConfig" not in origins["site"]


def test_nothing_but_the_known_gaps_is_changed(template: Template) -> None:
    before, after = template["Resources"], adapted(template)["Resources"]
    assert before.keys() == after.keys()
    changed = {name for name in after if after[name] != before[name]}
    known = {"Site", "SiteBucketPolicy", "FilesBucketPolicy", "SiteHeaders", "SendCampaigns"}
    assert {name for name in changed if not name.endswith("Role")} == known
    for name in changed - known:
        for was, now in zip(statements(before[name]), statements(after[name]), strict=True):
            if was["Action"] == "sqs:SendMessage":
                assert now == {**was, "Action": ["sqs:SendMessage", "sqs:SendMessageBatch"]}
            elif was["Action"] == "dynamodb:PartiQLUpdate":
                actions = ["dynamodb:PartiQLUpdate", "dynamodb:BatchExecuteStatement"]
                assert now == {**was, "Action": actions, "Resource": "*"}
            elif "scheduler:CreateSchedule" in was["Action"] or was["Action"] == "ses:SendRawEmail":
                assert {**was, "Resource": 0} == {**now, "Resource": 0}
            else:
                assert was == now


def test_how_many_functions_send_is_a_number(template: Template) -> None:
    def sources(of: Template) -> list[Any]:
        events = of["Resources"]["SendCampaigns"]["Properties"]["Events"].values()
        return [event["Properties"].pop("ScalingConfig")["MaximumConcurrency"] for event in events]

    before, after = copy.deepcopy(template), adapted(template)
    assert (sources(before), sources(after)) == ([{"Ref": "CampaignSenders"}], [5])
    assert before["Resources"]["SendCampaigns"] == after["Resources"]["SendCampaigns"]


def statements(role: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for policy in role["Properties"]["Policies"] for each in policy["PolicyDocument"]["Statement"]]


def test_the_template_of_aws_is_left_alone(template: Template) -> None:
    before = copy.deepcopy(template)
    adapted(template)
    assert template == before


def test_the_browser_may_send_files_to_the_local_port(template: Template) -> None:
    headers = adapted(template)["Resources"]["SiteHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]
    policy = headers["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"]
    assert "connect-src 'self' http://127.0.0.1:4566;" in policy
