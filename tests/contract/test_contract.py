"""Whatever residents tell, it means the same on every channel."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from tests.conftest import Place
from tests.contract.players import Player
from tests.contract.scene import Scene, open_scene
from tests.contract.stories import STORIES, Story

Meet = Callable[[str], Awaitable[list[Player]]]
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Scene, Meet]]:
    """One city for all stories: starting it costs more than telling one."""
    place = Place("sqlite", "", tmp_path_factory.mktemp("contract"))
    async with open_scene(place) as found:
        yield found


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
async def test_every_story_means_the_same_everywhere(opened: tuple[Scene, Meet], story: Story) -> None:
    scene, meet = opened
    await scene.plays(story, await meet(story.name))
