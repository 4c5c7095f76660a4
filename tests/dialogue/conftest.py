"""The cast of the dialogue's stories."""

from collections.abc import Callable

import pytest

from bot.domain.people import Language
from bot.services.city import City
from handlers.dialogue import make_dialogue
from storage import Database
from tests.dialogue.driver import Resident, hanoi


@pytest.fixture(scope="session")
def city() -> City:
    return hanoi()


Meet = Callable[..., Resident]


@pytest.fixture
def meet(database: Database, city: City) -> Meet:
    """Meet a resident by name: `meet("Lan")`, `meet("Ann", Language.EN)`. On both engines."""
    return _meet(database, city)


@pytest.fixture
def meet_quickly(sqlite_database: Database, city: City) -> Meet:
    """The same on SQLite alone, for tables with many rows."""
    return _meet(sqlite_database, city)


def _meet(database: Database, city: City) -> Meet:
    dialogue = make_dialogue(city)

    def meet(name: str = "Lan", language: Language | None = None) -> Resident:
        return Resident(database, dialogue, name, language)

    return meet
