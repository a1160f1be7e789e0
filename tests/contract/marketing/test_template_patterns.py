"""The access patterns of templates and the brand kit, against docs/data-model.md."""

import json

import pytest

from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.images import service as images
from chalicelib.marketing.images import store
from chalicelib.marketing.images.domain import Image, ImageState
from chalicelib.marketing.templates import service
from chalicelib.marketing.templates.brand import Brand
from chalicelib.marketing.templates.domain import Wording
from chalicelib.workspaces.settings import service as settings
from chalicelib.workspaces.settings.domain import Workspace
from infra.local.priced import PricedTable
from tests.contract.patterns import check

SOURCE = json.dumps({"version": 1, "blocks": [{"type": "text", "html": "<p>Hola</p>"}]})


@pytest.fixture
def priced(runtime: Runtime) -> PricedTable:
    """The runtime's table: it counts as AWS does."""
    runtime.__dict__["table"] = priced = PricedTable(runtime.table)
    return priced


@pytest.fixture
def workspace(runtime: Runtime, workspace_id: str, priced: PricedTable) -> Workspace:
    return settings.create_workspace(table=priced, clock=runtime.clock, workspace_id=workspace_id, name="Acme")


def make(runtime, workspace, name="One"):
    made, _ = service.create_template(
        table=runtime.table, clock=runtime.clock, workspace=workspace, template_id=runtime.new_id(), name=name, language="es",
        wordings={"es": Wording("blocks", SOURCE)}, changed_by="user:1",
    )  # fmt: skip
    return made


def test_templates(runtime: Runtime, workspace: Workspace, priced: PricedTable) -> None:
    here = {"table": priced, "workspace_id": workspace.id}
    service.custom_fields(**here)  # believed for half a minute
    priced.reset()
    made = make(runtime, workspace)
    check("templates.create", priced)
    change = {
        "table": priced,
        "clock": runtime.clock,
        "workspace": workspace,
        "template_id": made.id,
        "changed_by": "user:1",
    }
    priced.reset()
    service.change_template(**change, version=1, changes={"name": "Two"})
    check("templates.change", priced)
    priced.reset()
    assert service.get_template(**here, template_id=made.id).name == "Two"
    check("templates.get", priced)
    priced.reset()
    assert [each.number for each in service.list_versions(**here, template_id=made.id)] == [2, 1]
    check("templates.versions", priced)
    for number in range(9):
        make(runtime, workspace, f"T{number}")
    priced.reset()
    assert len(service.list_templates(**here, limit=10)) == 10
    check("templates.list", priced)
    priced.reset()
    service.delete_template(
        table=priced, clock=runtime.clock, workspace_id=workspace.id, template_id=made.id, changed_by="user:1"
    )
    check("templates.delete", priced)
    priced.reset()
    service.restore_template(
        table=priced, clock=runtime.clock, workspace_id=workspace.id, template_id=made.id, restored_by="user:1"
    )
    check("templates.restore", priced)


def test_the_brand_kit(runtime: Runtime, workspace: Workspace, priced: PricedTable) -> None:
    service.custom_fields(table=priced, workspace_id=workspace.id)
    priced.reset()
    service.put_brand(table=priced, clock=runtime.clock, workspace_id=workspace.id, brand=Brand(changed_by="user:1"))
    check("brand.put", priced)
    priced.reset()
    assert service.get_brand(table=priced, workspace_id=workspace.id).version == 1
    check("brand.get", priced)


def test_pictures(runtime: Runtime, workspace: Workspace, priced: PricedTable) -> None:
    image = Image(
        workspace.id, runtime.new_id(), "x.png", "image/png", 9, runtime.clock.now(), "user:1", state=ImageState.READY
    )
    priced.create(store.to_record(image))
    priced.reset()
    assert [each.id for each in images.list_images(table=priced, workspace_id=workspace.id)] == [image.id]
    check("images.list", priced)
    priced.reset()
    assert images.get_image(table=priced, workspace_id=workspace.id, image_id=image.id).file_name == "x.png"
    check("images.get", priced)
