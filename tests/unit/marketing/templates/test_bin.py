"""Deleted templates come back whole, for 30 days."""

from datetime import timedelta

import pytest

from chalicelib.foundation.errors import ConflictError, NotFoundError
from chalicelib.foundation.ids import new_id
from chalicelib.foundation.table import Table
from chalicelib.marketing.templates import service
from chalicelib.marketing.templates.domain import Wording
from tests.contract.marketing.campaign_world import World
from tests.memory_dynamodb import MemoryDynamoDB


class Bin:
    def __init__(self):
        self.dynamodb = MemoryDynamoDB()
        self.world = World(Table(self.dynamodb, "t"), people=0)
        self.here = {"table": self.world.table, "workspace_id": self.world.id}
        self.id = new_id(self.world.clock.now())
        self.common = {
            "table": self.world.table,
            "clock": self.world.clock,
            "workspace": self.world.workspace,
            "changed_by": "m",
        }
        wordings = {"es": Wording("text", "Hola", "Uno")}
        service.create_template(**self.common, template_id=self.id, name="Uno", language="es", wordings=wordings)
        for number in range(1, 60):  # more than are kept
            self.change(number, name=f"N{number}")

    def change(self, version, **changes):
        return service.change_template(**self.common, template_id=self.id, version=version, changes=changes)[0]

    def delete(self):
        service.delete_template(**self.here, clock=self.world.clock, template_id=self.id, changed_by="m")

    def restore(self):
        return service.restore_template(**self.here, clock=self.world.clock, template_id=self.id, restored_by="m")

    def versions(self):
        return [each.number for each in service.list_versions(**self.here, template_id=self.id, limit=100)]

    def rows(self):
        return {key: item for key, item in self.dynamodb.items.items() if key[0].endswith(self.id)}


@pytest.fixture
def bin_():
    return Bin()


def test_it_comes_back_as_it_was(bin_):
    before, numbers = bin_.rows(), bin_.versions()
    assert numbers == list(range(60, 10, -1))
    bin_.delete()
    for read in (bin_.versions, lambda: service.get_template(**bin_.here, template_id=bin_.id), bin_.delete):
        with pytest.raises(NotFoundError):
            read()
    with pytest.raises(NotFoundError):
        service.get_version(**bin_.here, template_id=bin_.id, number=60)
    assert service.list_templates(**bin_.here) == []
    assert {item["expires_at"]["N"] for item in bin_.rows().values()} == {
        str(int((bin_.world.clock.now() + timedelta(days=30)).timestamp()))
    }
    assert bin_.restore().version == 60
    assert bin_.rows() == before
    assert bin_.restore().version == 60  # repeated, it changes nothing
    assert bin_.rows() == before
    assert bin_.change(60, name="Otra").version == 61


def test_not_after_its_time_nor_what_there_never_was(bin_):
    bin_.delete()
    bin_.world.later(days=30)
    with pytest.raises(NotFoundError):
        bin_.restore()
    with pytest.raises(NotFoundError):
        service.restore_template(
            **bin_.here, clock=bin_.world.clock, template_id=new_id(bin_.world.clock.now()), restored_by="m"
        )


def test_an_edit_that_was_begun_before_it_was_deleted_is_refused(bin_, monkeypatch):
    checked = service.checked

    def meanwhile(**given):
        monkeypatch.setattr(service, "checked", checked)
        bin_.delete()
        return checked(**given)

    monkeypatch.setattr(service, "checked", meanwhile)
    with pytest.raises(ConflictError):
        bin_.change(60, name="Tarde")
    assert bin_.restore().name == "N59"
