"""What the environment tells a function. The only module that reads it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

QUEUES = (
    "scoring",
    "segment-fill",
    "campaign-plan",
    "campaign-send",
    "messages",
    "delivery-events",
    "reports",
    "jobs",
    "imports",
    "exports",
    "assignment",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """One function's settings. Everything has a harmless default: packaging imports ``app.py`` with an empty environment."""

    stage: str
    version: str
    region: str
    table_name: str
    signing_secret_arn: str
    public_url_parameter: str
    user_pool_id: str
    user_pool_client_id: str
    files_bucket: str
    configuration_set: str
    transactional_configuration_set: str
    mail_rate: float
    campaign_senders: int
    scheduler_group: str
    scheduler_role_arn: str
    queue_urls: Mapping[str, str]
    queue_arns: Mapping[str, str]
    projector_dlq_url: str
    endpoint_url: str
    access_key: str
    secret_key: str
    session_token: str
    handler: str
    log_level: str


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from this mapping, or from the process's environment."""
    env = os.environ if environment is None else environment

    def text(name: str) -> str:
        return env.get(name, "")

    def by_queue(suffix: str) -> dict[str, str]:
        return {queue: text(f"{queue.upper().replace('-', '_')}_QUEUE_{suffix}") for queue in QUEUES}

    return Settings(
        stage=text("STAGE") or "none",
        version=text("CLIENTELA_VERSION") or "0.0.0",
        region=text("AWS_REGION") or text("AWS_DEFAULT_REGION") or "eu-west-1",
        table_name=text("TABLE_NAME"),
        signing_secret_arn=text("SIGNING_SECRET_ARN"),
        public_url_parameter=text("PUBLIC_URL_PARAMETER"),
        user_pool_id=text("USER_POOL_ID"),
        user_pool_client_id=text("USER_POOL_CLIENT_ID"),
        files_bucket=text("FILES_BUCKET"),
        configuration_set=text("CONFIGURATION_SET"),
        transactional_configuration_set=text("TRANSACTIONAL_CONFIGURATION_SET"),
        mail_rate=float(text("MAIL_RATE") or 0),
        campaign_senders=int(text("CAMPAIGN_SENDERS") or 1),
        scheduler_group=text("SCHEDULER_GROUP"),
        scheduler_role_arn=text("SCHEDULER_ROLE_ARN"),
        queue_urls=by_queue("URL"),
        queue_arns=by_queue("ARN"),
        projector_dlq_url=text("PROJECTOR_DLQ_URL"),
        endpoint_url=text("AWS_ENDPOINT_URL").rstrip("/"),
        access_key=text("AWS_ACCESS_KEY_ID"),
        secret_key=text("AWS_SECRET_ACCESS_KEY"),
        session_token=text("AWS_SESSION_TOKEN"),
        handler=text("_HANDLER"),
        log_level=text("POWERTOOLS_LOG_LEVEL") or "INFO",
    )
