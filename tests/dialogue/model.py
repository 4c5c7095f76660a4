"""A town of random residents and one officer, against the real dialogue, services and storage.

`Town` knows what each resident sent and was told; `check` holds the program to its promises after every act. What residents
do is drawn by hypothesis in `test_model`.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.domain.case import Case, CaseCode, CaseStatus
from bot.domain.incoming import Incoming, IncomingKind
from bot.domain.outcome import Outcome
from bot.domain.people import Language, Role, StaffMember
from bot.domain.privacy import PauseReason
from bot.domain.reply import Choice
from bot.domain.thread import EventKind
from bot.errors import BotError
from bot.ports import Viewer
from bot.services.answer_case import answer_case
from bot.services.city import City
from bot.services.close_case import close_case
from bot.services.erase import is_kept_by_law
from bot.services.move_case import move_case
from handlers.dialogue import make_dialogue
from handlers.timekeeping import DueDrafts, DueErasures
from storage import Database
from tests.closing import report
from tests.dialogue.desk import all_hear
from tests.dialogue.driver import CODE, MONDAY, Resident, stored

NAMES = ("Lan", "Hoa", "Ann")
# What may end a draft with all its words: the resident asked for it.
GIVES_UP = ("x:",)
FORGETS = ("md:sure:", "md:all:")
FORGOTTEN = ("Đã xóa dữ liệu", "Đã xóa những gì", "has been erased", "What could be erased")
DROPPED = ("đã được bỏ", "has been dropped")


@dataclass
class Known:
    """What one resident sent: each message's marker, and those that were given up with a cancelled draft."""

    resident: Resident
    markers: set[str] = field(default_factory=set)
    given_up: set[str] = field(default_factory=set)
    sources: list[tuple[str, str]] = field(default_factory=list)  # (source id, its marker): what can be edited
    codes: set[CaseCode] = field(default_factory=set)


class Town:
    """Runs on an event loop of its own, so that a state machine can drive it step by step."""

    def __init__(self, city: City, folder: Path) -> None:
        self.runner = asyncio.Runner()
        self.city = city
        self.database = Database("", data_dir=folder)
        self.run(self.database.open())
        self.dialogue = make_dialogue(city)
        self.people = {
            name: Known(Resident(self.database, self.dialogue, name, Language.EN if name == "Ann" else None))
            for name in NAMES
        }
        self.now = MONDAY
        self.made = 0
        self.officers = self.run(self._hire())

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    def close(self) -> None:
        self.run(self.database.close())
        self.runner.close()

    def pass_time(self, much: timedelta) -> None:
        """What is due meanwhile is done: reminders, drafts that are dropped, cases that are erased."""
        self.now += much
        before = {name: self.run(self._state(known)) for name, known in self.people.items()}
        for work in (DueDrafts(self.database, self.dialogue.remind), DueErasures(self.database)):
            for _ in range(20):
                if not self.run(work.do(self.now)):
                    break
        told = {name: len(known.resident.hears) for name, known in self.people.items()}
        self.run(all_hear(*(known.resident for known in self.people.values())))
        for name, known in self.people.items():
            known.resident.now = max(known.resident.now, self.now)
            after = self.run(self._state(known))
            dropped = before[name][0] - after[0] - after[1]
            is_blocked = self.run(known.resident.conversation()).is_blocked
            is_told = any(words in text for text in known.resident.hears[told[name] :] for words in DROPPED)
            assert not dropped or is_told or is_blocked, f"{name} was not told that {dropped} were dropped"
            known.given_up |= dropped

    def marker(self) -> str:
        """A word no one else sends; no digits, for those could look like somebody's number."""
        self.made += 1
        letters = "abcdefghijklmnopqrstuvwxyz"
        return "zq" + "".join(letters[(self.made // 26**at) % 26] for at in range(3)) + "zq"

    def sends(self, who: str, *burst: Incoming, marked: str = "", may_be_silent: bool = False) -> None:
        """One message or a burst, and what must hold of it at once."""
        known = self.people[who]
        before = self.run(self._state(known))
        paused_until = self.run(known.resident.conversation()).paused_until
        if paused_until is not None and paused_until > known.resident.now:  # kept in the inbox, and told once a day
            may_be_silent = True
            known.given_up |= {marked} - {""}
        if marked:
            known.markers.add(marked)
            known.sources += [(incoming.source_id, marked) for incoming in burst if marked in incoming.text]
        self.run(known.resident.gives_at_once(*burst))
        self.now = max(self.now, known.resident.now)
        after = self.run(self._state(known))
        self._hold_the_answer(known, before, after, may_be_silent=may_be_silent)
        ended = before[0] - after[0]
        filed = after[1]
        gave_up = any(self._gives_up(incoming) for incoming in burst)
        for lost in ended - filed:
            assert gave_up, f"{who}'s words {lost} are in no draft and no case after {[i.text or i.choice for i in burst]}"
            known.given_up.add(lost)
        if self._is_forgotten(known, burst):
            known.given_up |= known.markers
            self.run(self._check_forgotten(known))

    def _is_forgotten(self, known: Known, burst: Sequence[Incoming]) -> bool:
        asked = any(incoming.choice.startswith(FORGETS) or incoming.text.startswith("xóa") for incoming in burst)
        return asked and any(word in reply.text for reply in known.resident.heard_now for word in FORGOTTEN)

    async def _check_forgotten(self, known: Known) -> None:
        """Of closed cases nothing is left that the law does not want kept; open ones wait for their answer."""
        assert (await known.resident.conversation()).draft is None
        for case in await known.resident.cases():
            if case.status is CaseStatus.CLOSED and not is_kept_by_law(case):
                words = "\n".join(message.text for message in await known.resident.thread(case))
                assert not any(marker in words for marker in known.markers), f"{case.code} still holds words"

    def _gives_up(self, incoming: Incoming) -> bool:
        if incoming.kind is IncomingKind.CHOICE:
            return incoming.choice.startswith((*GIVES_UP, *FORGETS))
        if incoming.text.startswith("xóa"):
            return True
        return incoming.command == "cancel" or incoming.text.casefold().strip() in ("hủy", "cancel", "huỷ")

    def _hold_the_answer(self, known: Known, before: Any, after: Any, *, may_be_silent: bool) -> None:
        heard = [reply.text for reply in known.resident.heard_now]
        assert may_be_silent or heard, f"silence for {known.resident.name}"
        for text in heard:
            assert "{" not in text, text
            assert len(text) <= 4096, len(text)
        new_codes = after[2] - before[2]
        assert len(new_codes) <= 1, "one message filed two cases"
        told = [code for text in heard for code in CODE.findall(text)]
        for code in new_codes:
            assert told.count(code) == 1, f"{code} was acknowledged {told.count(code)} times: {heard}"
        known.codes |= new_codes

    async def _state(self, known: Known) -> tuple[set[str], set[str], set[CaseCode]]:
        """Which markers the draft holds, which the cases hold, and the cases' codes."""
        conversation = await known.resident.conversation()
        draft = conversation.draft.text if conversation.draft else ""
        cases = await known.resident.cases()
        filed = ""
        for case in cases:
            filed += "\n".join(message.text for message in await known.resident.thread(case))
        in_draft = {marker for marker in known.markers if marker in draft}
        return in_draft, {marker for marker in known.markers if marker in filed}, {case.code for case in cases}

    def check(self) -> None:
        """What holds whenever nobody is speaking."""
        self.run(self._check())

    async def _check(self) -> None:
        owners: dict[str, str] = {}
        for name, known in self.people.items():
            in_draft, filed, codes = await self._state(known)
            missing = known.markers - in_draft - filed - known.given_up
            assert not missing, f"{name}'s words {missing} are nowhere"
            for code in codes:
                assert owners.setdefault(code, name) == name, f"{code} belongs to two residents"
            for case in await known.resident.cases():
                await self._check_case(known, case)

    async def _check_case(self, known: Known, case: Case) -> None:
        assert case.due_at > case.created_at, "due before it was filed"
        events = [event.kind for event in await known.resident.timeline(case)]
        assert events.count(EventKind.FILED) == 1
        assert (case.status is CaseStatus.CLOSED) == (case.closed_at is not None)
        told = [code for text in known.resident.hears for code in CODE.findall(text)]
        assert case.code in told, f"{case.code} was never acknowledged"

    def buttons(self, who: str) -> list[Choice]:
        """Every button this resident ever saw, the newest last: old ones stay on the screen."""
        return [choice for reply in self.people[who].resident.replies for row in reply.choices for choice in row]

    def message(self, who: str, kind: IncomingKind, **values: object) -> Incoming:
        return self.people[who].resident.incoming(kind, **values)

    def photo(self, who: str, text: str, group: str = "") -> Incoming:
        self.made += 1
        return self.message(who, IncomingKind.PHOTO, text=text, files=(stored(2 * self.made + 10_000),), group_id=group)

    def pauses(self, who: str, much: timedelta) -> None:
        """As `pause_resident` leaves it; who may pause is held elsewhere."""
        self.run(self._pause(self.people[who], much))

    async def _pause(self, known: Known, much: timedelta) -> None:
        async with self.database.begin() as uow:
            until = known.resident.now + much
            await uow.conversations.pause(known.resident.address, until=until, reason=PauseReason.SPAM.value)
            await uow.commit()

    def secret(self, code: CaseCode) -> str:
        return self.city.receipts.secret(code)

    def officer_acts(self, case: Case, act: str) -> None:
        """An answer, a closing or a move by somebody who may; what the rules refuse changes nothing."""
        self.run(self._officer_acts(case, act))
        for known in self.people.values():
            self.run(known.resident._deliver())

    async def _officer_acts(self, case: Case, act: str) -> None:
        async with self.database.begin() as uow:
            for officer in self.officers:
                viewer = Viewer(staff_id=officer.id, role=officer.role, ward_code=officer.ward_code)
                seen = await uow.cases.visible(viewer, case.code, for_update=True)
                if seen is None:
                    continue
                given: dict[str, Any] = {
                    "staff": officer,
                    "code": case.code,
                    "version": seen.version,
                    "now": self.now,
                    "wards": self.city.wards,
                }
                with suppress(BotError):
                    if act == "answer":
                        await answer_case(uow, text="Phường đã nhận.", **given)
                    elif act == "close":
                        await close_case(
                            uow,
                            report=report(Outcome.DONE, "Phường đã xử lý.", self.now.date()),
                            zone=self.city.zone,
                            **given,
                        )
                    else:
                        other = self.city.wards["00004" if case.ward_code == "00103" else "00103"]
                        await move_case(uow, ward_code=other.code, **given)
                break
            await uow.commit()

    async def _hire(self) -> list[StaffMember]:
        """Restricted officers of the wards that are written about, and the city's coordinator."""
        hired = []
        async with self.database.begin() as uow:
            for number, ward in enumerate(("00103", "00004", None)):
                hired.append(
                    await uow.staff.add(
                        username=f"officer{number}",
                        full_name=f"Cán bộ {'ABC'[number]}",
                        role=Role.RESTRICTED_OFFICER if ward else Role.CITY_COORDINATOR,
                        ward_code=self.city.wards[ward].code if ward else None,
                        password_hash="-",
                        must_change_password=False,
                        now=MONDAY,
                    )
                )
            await uow.commit()
        return hired
