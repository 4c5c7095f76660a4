"""What is to be done, and to which cases, as the forms say it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from bot.domain.case import CaseCode, read_code
from bot.domain.correction import MoveReason
from bot.domain.rights import Right
from bot.services.staff_change import LONGEST_WORDS
from bot.web.forms import Form

MOST_CASES = 60  # of one order; a page of the queue has fewer
_TICK = "case_"


class Act(StrEnum):
    """What can be done to several cases."""

    ASSIGN = "assign"
    MOVE = "move"
    ANSWER = "answer"


RIGHTS: Mapping[Act, Right] = {Act.ASSIGN: Right.ASSIGN, Act.MOVE: Right.MOVE, Act.ANSWER: Right.ANSWER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An act, its cases with the version that the page showed, and what the act needs. What is missing is empty."""

    act: Act
    versions: Mapping[CaseCode, int]
    username: str = ""  # ASSIGN
    ward: str = ""  # MOVE
    why: str = MoveReason.WRONG_WARD.value  # MOVE
    text: str = ""  # ANSWER

    @classmethod
    def read(cls, form: Form) -> Self | None:
        """None where the act is none of ours."""
        try:
            act = Act(form.text("act"))
        except ValueError:
            return None
        ticked = [name for name in form.fields if name.startswith(_TICK)][:MOST_CASES]
        found = {code: form.number(name) for name in ticked if (code := read_code(name.removeprefix(_TICK)[:20]))}
        return cls(
            act=act,
            versions=found,
            username=form.text("username")[:200],
            ward=form.text("ward")[:10],
            why=form.text("why")[:20] or MoveReason.WRONG_WARD.value,
            text=form.text("text"),
        )

    @property
    def reason(self) -> MoveReason | None:
        """None where the form says one that there is not."""
        try:
            return MoveReason(self.why)
        except ValueError:
            return None

    @property
    def is_too_long(self) -> bool:
        return len(self.text) > LONGEST_WORDS
