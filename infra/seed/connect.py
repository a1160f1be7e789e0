"""A runtime for scripts: the deployed stack's outputs as a function's settings, with a script's credentials."""

from collections.abc import Mapping

import boto3

from chalicelib.foundation import settings
from chalicelib.foundation.aws import Aws, Credentials
from chalicelib.foundation.runtime import Runtime


def runtime_of(outputs: Mapping[str, str], *, endpoint: str = "", profile: str = "", public_url: str = "") -> Runtime:
    """A runtime on the stack with these outputs; ``endpoint`` for a local cloud, ``profile`` for an AWS account."""
    region = outputs["TableStreamArn"].split(":")[3]
    session = boto3.Session(profile_name=profile or None, region_name=region)
    if endpoint:
        credentials = Credentials("test", "test")
    else:
        frozen = session.get_credentials().get_frozen_credentials()
        credentials = Credentials(frozen.access_key, frozen.secret_key, frozen.token or "")
    queues = {
        f"{name.upper().replace('-', '_')}_QUEUE_URL": outputs[f"{name.title().replace('-', '')}QueueUrl"]
        for name in settings.QUEUES
    }
    here = settings.from_environment(
        {
            "STAGE": "local" if endpoint else "aws",
            "AWS_REGION": region,
            "AWS_ENDPOINT_URL": endpoint,
            "TABLE_NAME": outputs["TableName"],
            "SIGNING_SECRET_ARN": outputs["SigningSecretArn"],
            "USER_POOL_ID": outputs["UserPoolId"],
            "USER_POOL_CLIENT_ID": outputs["UserPoolClientId"],
            "FILES_BUCKET": outputs["FilesBucket"],
            **queues,
        }
    )
    given = {"public_url": public_url} if public_url else {}
    return Runtime(here, aws=Aws(here, credentials=credentials), **given)
