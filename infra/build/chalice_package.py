"""``chalice package`` without its packaging: only the template that chalice writes for ``app.py``.

Run as ``python -m infra.build.chalice_package <project> <file>``, in an interpreter of its own because it imports the application;
so it also tells which kinds of records the application projects. The file is
``{"template": {…}, "projected_kinds": ["contact", …]}``.
chalice's own command would also download and zip every dependency anew for each build; ``infra.build.dependencies`` does that once.
"""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from chalice.cli.factory import CLIFactory
from chalice.config import Config
from chalice.deploy import models
from chalice.deploy.appgraph import ApplicationGraphBuilder, DependencyBuilder
from chalice.deploy.deployer import BaseDeployStep, BuildStage, InjectDefaults, PolicyGenerator, SwaggerBuilder
from chalice.deploy.swagger import CFNSwaggerGenerator
from chalice.package import PackageOptions, ResourceBuilder, SAMTemplateGenerator
from chalice.policy import AppPolicyGenerator
from chalice.utils import OSUtils

STAGE = "clientela"
"""The one stage of ``.chalice/config.json``; installations differ by the parameter ``StageName``."""


class _Packaged(BaseDeployStep):
    """Says that the zip is there already."""

    def handle_deploymentpackage(self, config: Config, resource: models.DeploymentPackage) -> None:
        """Called by chalice for the one zip of all functions."""
        resource.filename = "functions.zip"


class _Principals(PackageOptions):
    """Service principals as they are called everywhere but in China; asking botocore would take a session and a region."""

    def __init__(self) -> None:
        pass

    def service_principal(self, service: str) -> str:
        """``lambda`` → ``lambda.amazonaws.com``."""
        return f"{service}.amazonaws.com"


def generate(project: Path) -> dict[str, Any]:
    """The template that chalice writes for the application of ``project``."""
    config = CLIFactory(str(project), environ={}).create_config_obj(STAGE)
    osutils = OSUtils()
    steps = [
        InjectDefaults(),
        _Packaged(),
        PolicyGenerator(policy_gen=AppPolicyGenerator(osutils=osutils), osutils=osutils),
        SwaggerBuilder(swagger_generator=CFNSwaggerGenerator()),
    ]
    builder = ResourceBuilder(ApplicationGraphBuilder(), DependencyBuilder(), BuildStage(steps=steps))
    resources = builder.construct_resources(config, STAGE)
    template: dict[str, Any] = SAMTemplateGenerator(config, _Principals()).generate(resources)
    return template


def projected_kinds() -> list[str]:
    """The kinds of records that some projection of the application looks at."""
    return sorted(import_module("chalicelib.wiring").projections())


def main() -> None:
    """Write what is known to the file named second."""
    project, target = sys.argv[1:]
    known = {"template": generate(Path(project)), "projected_kinds": projected_kinds()}
    Path(target).write_text(json.dumps(known))


if __name__ == "__main__":
    main()
