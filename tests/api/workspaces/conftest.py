"""Members and keys are what is tested here: all of a workspace's are there from the beginning."""

import pytest

from chalicelib.foundation.runtime import Runtime
from tests.api.conftest import World, make_world


def _whole(world: World) -> World:
    assert all(world.users.values())
    assert all(world.keys.values())
    return world


@pytest.fixture
def workspace(runtime: Runtime) -> World:
    """A workspace with a member and a key of every role."""
    return _whole(make_world(runtime))


@pytest.fixture
def other_workspace(runtime: Runtime) -> World:
    """Somebody else's."""
    return _whole(make_world(runtime, "Other"))
