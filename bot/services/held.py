"""Keeps back what a case's resident would hear of an act, for as long as the act can be taken back."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.case import Case, CaseCode
from bot.domain.reply import NewReply


def held_name(code: CaseCode, version: int) -> str:
    """Names what is held: of one act only (`version` is the case's before it), so that no later one takes its place."""
    return f"held:{code}:{version}"


def held(told: NewReply, case: Case, hold: timedelta | None) -> NewReply:
    """The reply, held where that is asked for and nobody but this resident is told: neighbours who joined hear at once."""
    if hold is None or case.joined_count:
        return told
    return replace(told, about=held_name(case.code, case.version), hold=hold)
