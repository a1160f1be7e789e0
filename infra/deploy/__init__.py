"""Bring what ``infra.build`` made to a cloud: AWS, or the local one.

    outputs = deploy(clients, "prod", Path("build"), {"MailDomain": "example.com"}, confirm, print)
    upload_site(clients, outputs["SiteBucket"], outputs["SiteDistributionId"], Path("web/dist"), print)

Both clouds take the same way: artifacts go into a bucket under their hash, a change set is made and shown, executed when somebody
agrees, and watched resource by resource. ``clients`` gives a boto3 client for the name of a service, so the caller decides which
cloud, account and credentials it is.
"""

from infra.deploy.site import upload_site
from infra.deploy.stack import Change, Clients, DeployError, deploy, outputs

__all__ = ["Change", "Clients", "DeployError", "deploy", "outputs", "upload_site"]
