"""What is asked about a service beside place and words: few questions, and only where the answer helps whoever goes there.

Each question and each choice is a wording key, `open311_ask_<service>_<code>` and below it; codes are ours for good.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Datatype(StrEnum):
    """GeoReport's."""

    STRING = "string"  # one line
    NUMBER = "number"
    DATETIME = "datetime"
    TEXT = "text"  # line breaks allowed
    ONE_OF = "singlevaluelist"
    SOME_OF = "multivaluelist"


LISTS = frozenset({Datatype.ONE_OF, Datatype.SOME_OF})
LONGEST_STRING, LONGEST_TEXT = 200, 1_000  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One question of a service. `is_asked`: False: there only to be read, nothing is answered."""

    code: str
    datatype: Datatype
    is_required: bool = False
    is_asked: bool = True
    values: tuple[str, ...] = ()  # keys, of lists only


_BOARD = (Attribute(code="board", datatype=Datatype.STRING),)
ATTRIBUTES: Mapping[str, tuple[Attribute, ...]] = {
    "vio_noise": (
        Attribute(
            code="source",
            datatype=Datatype.ONE_OF,
            is_required=True,
            values=("karaoke", "loudspeaker", "construction", "animals", "other"),
        ),
        Attribute(code="hours", datatype=Datatype.SOME_OF, values=("morning", "noon", "evening", "night")),
        Attribute(code="since", datatype=Datatype.DATETIME),
    ),
    "vio_litter": (
        Attribute(code="what", datatype=Datatype.SOME_OF, values=("household", "construction", "water", "other")),
    ),
    "vio_sidewalk": (
        Attribute(code="what", datatype=Datatype.SOME_OF, values=("vehicles", "goods", "signs", "building")),
        Attribute(code="vehicles", datatype=Datatype.NUMBER),
    ),
    "vio_disorder": (Attribute(code="danger", datatype=Datatype.STRING, is_asked=False),),
    "pan_damaged": _BOARD,
    "pan_missing": _BOARD,
    "pan_obscured": _BOARD,
    "pan_content": (*_BOARD, Attribute(code="wrong_words", datatype=Datatype.TEXT)),
}
