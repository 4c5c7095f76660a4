"""The city as a paper needs it: its wards by code, and their borders for the map."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from bot.domain.people import Language
from bot.domain.ward import Ward, WardCode
from bot.errors import UnknownWard
from bot.routing.outlines import Ring, outlines
from bot.routing.wards import DATA, Wards, load_wards


@dataclass(frozen=True, slots=True)
class Places:
    """`rings` may be empty: then there is no map."""

    wards: Wards
    rings: Mapping[WardCode, tuple[Ring, ...]] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path = DATA) -> Self:
        """Those of a folder of tables (`bot.routing.wards.city_folder`)."""
        return cls(load_wards(folder), outlines(folder))

    def find(self, code: str | None) -> Ward | None:
        """None for none, and for one that is no ward any more."""
        if not code:
            return None
        try:
            return self.wards[code]
        except UnknownWard:
            return None

    def name(self, code: str | None, language: Language) -> str:
        """As it stands in a sentence; a code that is no ward any more is shown as it is."""
        ward = self.find(code)
        if ward is None:
            return code or ""
        return ward.full_name if language is Language.VI else ward.name_en
