"""Random residents live in a town for a while: nothing is lost, nobody is left unanswered, no case is filed twice."""

import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from bot.domain.incoming import IncomingKind
from bot.domain.ward import Point
from bot.services.city import City
from tests.databases import sqlite_template
from tests.dialogue.model import NAMES, Town

WHO = st.sampled_from(NAMES)
MATTERS = (
    "Rác chất đống ở phường Tây Hồ {}",
    "den duong hong o phuong ba dinh {}",
    "Quán karaoke hát ầm ĩ tới nửa đêm {}",
    "Cán bộ một cửa phường Tây Hồ quát mắng tôi {}",
    "Chủ tịch phường Ba Đình nhận phong bì {}",
    "Cháy nhà ở ngõ 12 phường Tây Hồ {}",
    "Cảm ơn anh công an phường Ba Đình đã giúp bà tôi {}",
    "A motorbike is parked on the pavement in Tay Ho ward {}",
    "Đề nghị thêm ghế đá ở vườn hoa {}",
    "ko hiểu {}",
)
ANSWERS = (
    "phường Tây Hồ",
    "Ba Đình",
    "không biết",
    "gửi",
    "send",
    "1",
    "2",
    "đúng rồi",
    "hủy",
    "cancel",
    "cảm ơn",
    "help",
    "tôi cũng gặp",
    "chưa xong",
    "đã xong",
    "tôi đồng ý",
    "xóa",
    "ẩn danh",
    "0912345678",
    "không",
    "7K3M-9QX2",
    "vâng ạ",
    "👍",
)
COMMANDS = (
    "start",
    "help",
    "cancel",
    "where",
    "new",
    "cases",
    "vi",
    "en",
    "language",
    "receipt",
    "mydata",
    "person",
    "code",
    "find",
    "contact",
    "forget",
    "anonymous",
)
POINTS = (Point(21.0686, 105.8239, 10.0), Point(21.0367, 105.8342, 30.0), Point(-80.0, 10.0, None))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sqlite_template(tmp_path_factory.mktemp("model"))


class RandomResidents(RuleBasedStateMachine):
    """One town a run."""

    city: City
    template: Path

    @initialize()
    def found_the_town(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="homthu-model-"))
        shutil.copyfile(self.template, self.folder / self.template.name)
        self.town = Town(self.city, self.folder)

    def teardown(self) -> None:
        if hasattr(self, "town"):
            self.town.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    @rule(who=WHO, matter=st.sampled_from(MATTERS))
    def writes(self, who: str, matter: str) -> None:
        marker = self.town.marker()
        self.town.sends(who, self.town.message(who, IncomingKind.TEXT, text=matter.format(marker)), marked=marker)

    @rule(who=WHO, matter=st.sampled_from(MATTERS))
    def files_a_matter(self, who: str, matter: str) -> None:
        """Writes and takes the first button offered until there is a code: the ordinary way."""
        known = self.town.people[who]
        filed = len(known.codes)
        self.writes(who, matter)
        for _ in range(4):
            if len(known.codes) == filed:
                self.takes_the_first_button(who)

    @rule(who=WHO)
    def takes_the_first_button(self, who: str) -> None:
        heard = self.town.people[who].resident.heard_now
        offered = [choice for reply in heard for row in reply.choices for choice in row]
        if offered:
            choice_id = f"c{self.town.made}"
            self.town.sends(who, self.town.message(who, IncomingKind.CHOICE, choice=offered[0].data, choice_id=choice_id))

    @rule(who=WHO, matter=st.sampled_from(MATTERS), many=st.integers(2, 5))
    def forwards_several_at_once(self, who: str, matter: str, many: int) -> None:
        for _ in range(many - 1):
            marker = self.town.marker()
            said = self.town.message(who, IncomingKind.TEXT, text=matter.format(marker), is_forwarded=True)
            self.town.sends(who, said, marked=marker)

    @rule(who=WHO, answer=st.sampled_from(ANSWERS))
    def says_a_short_word(self, who: str, answer: str) -> None:
        self.town.sends(who, self.town.message(who, IncomingKind.TEXT, text=answer))

    @rule(who=WHO, command=st.sampled_from(COMMANDS))
    def commands(self, who: str, command: str) -> None:
        said = self.town.message(who, IncomingKind.COMMAND, text=f"/{command}", command=command)
        self.town.sends(who, said)

    @rule(who=WHO, has_words=st.booleans())
    def sends_a_photo(self, who: str, has_words: bool) -> None:
        marker = self.town.marker() if has_words else ""
        photo = self.town.photo(who, f"nắp cống vỡ {marker}" if marker else "")
        self.town.sends(who, photo, marked=marker, may_be_silent=not has_words)

    @rule(who=WHO, parts=st.integers(2, 4))
    def sends_an_album(self, who: str, parts: int) -> None:
        marker = self.town.marker()
        group = f"album-{marker}"
        texts = [f"vỉa hè hỏng {marker}", *([""] * (parts - 1))]
        self.town.sends(who, *(self.town.photo(who, text, group) for text in texts), marked=marker)

    @rule(who=WHO, point=st.sampled_from(POINTS))
    def shares_a_place(self, who: str, point: Point) -> None:
        self.town.sends(who, self.town.message(who, IncomingKind.LOCATION, point=point), may_be_silent=True)

    @rule(who=WHO, kind=st.sampled_from([IncomingKind.STICKER, IncomingKind.UNSUPPORTED, IncomingKind.CONTACT]))
    def sends_something_odd(self, who: str, kind: IncomingKind) -> None:
        self.town.sends(who, self.town.message(who, kind))

    @rule(who=WHO, data=st.data())
    def presses_a_button_of_any_age(self, who: str, data: st.DataObject) -> None:
        seen = self.town.buttons(who)
        if not seen:
            return
        newest = st.sampled_from(seen[-6:])
        choice = data.draw(st.one_of(newest, newest, st.sampled_from(seen)))
        pressed = self.town.message(who, IncomingKind.CHOICE, choice=choice.data, choice_id=f"c{self.town.made}")
        self.town.sends(who, pressed)

    @rule(who=WHO, data=st.data())
    def edits_something_sent_before(self, who: str, data: st.DataObject) -> None:
        known = self.town.people[who]
        if not known.sources:
            return
        source, marker = data.draw(st.sampled_from(known.sources))
        said = self.town.message(who, IncomingKind.TEXT, text=f"sửa lại: đèn hỏng {marker}", is_edit=True)
        self.town.sends(who, replace(said, source_id=source), may_be_silent=True)

    @rule(who=WHO)
    def sends_the_same_again(self, who: str) -> None:
        known = self.town.people[who]
        if known.sources:
            _, marker = known.sources[-1]
            said = self.town.message(who, IncomingKind.TEXT, text=f"nhắc lại việc này {marker}")
            for _ in range(3):
                self.town.sends(who, self.town.message(who, IncomingKind.TEXT, text=said.text), may_be_silent=True)

    @rule(who=WHO, kind=st.sampled_from([IncomingKind.BLOCKED, IncomingKind.UNBLOCKED]))
    def blocks_or_comes_back(self, who: str, kind: IncomingKind) -> None:
        self.town.sends(who, self.town.message(who, kind), may_be_silent=True)

    @rule(who=WHO)
    def reports_what_a_neighbour_reported(self, who: str) -> None:
        """The same lane each time: from the second on, joining is offered and taken."""
        marker = self.town.marker()
        place = f"Rác chất đống ở ngõ 12 đường Thụy Khuê, phường Tây Hồ {marker}"
        self.town.sends(who, self.town.message(who, IncomingKind.TEXT, text=place), marked=marker)
        joins = [choice for choice in self.town.buttons(who)[-12:] if choice.data.startswith("j:")]
        if joins:
            self._presses(who, joins[-1].data)

    @rule(who=WHO, whose=WHO, has_secret=st.booleans())
    def looks_a_case_up(self, who: str, whose: str, has_secret: bool) -> None:
        codes = sorted(self.town.people[whose].codes)
        if codes:
            self.town.sends(who, self.town.message(who, IncomingKind.TEXT, text=f"tra cứu {codes[-1]}"))
            words = self.town.secret(codes[-1]) if has_secret else "1234 5678 9012"
            self.town.sends(who, self.town.message(who, IncomingKind.TEXT, text=words))

    @rule(who=WHO, act=st.sampled_from(["ok:", "no:", "ro:", "st:", "ct:", "md:", "r:", "ah:", "a:", "l:", "k:"]))
    def presses_the_newest_of_a_kind(self, who: str, act: str) -> None:
        fits = [choice for choice in self.town.buttons(who) if choice.data.startswith(act)]
        if fits:
            self._presses(who, fits[-1].data)

    @rule(who=WHO, closes_open=st.booleans())
    def wants_to_be_forgotten(self, who: str, closes_open: bool) -> None:
        self.commands(who, "forget")
        wanted = "md:all:" if closes_open else "md:sure:"
        heard = self.town.people[who].resident.heard_now
        fits = [choice for reply in heard for row in reply.choices for choice in row if choice.data.startswith(wanted)]
        if fits:
            self._presses(who, fits[-1].data)

    @rule(who=WHO, hours=st.sampled_from([1, 24]))
    def is_paused_and_writes(self, who: str, hours: int) -> None:
        self.town.pauses(who, timedelta(hours=hours))
        self.writes(who, MATTERS[0])
        self.writes(who, MATTERS[5])
        self.town.pass_time(timedelta(hours=hours + 1))

    def _presses(self, who: str, data: str) -> None:
        pressed = self.town.message(who, IncomingKind.CHOICE, choice=data, choice_id=f"c{self.town.made}")
        self.town.sends(who, pressed)

    @rule(hours=st.sampled_from([1, 5, 30, 24 * 8]))
    def time_passes(self, hours: int) -> None:
        self.town.pass_time(timedelta(hours=hours))

    @rule(who=WHO, act=st.sampled_from(["answer", "close", "close", "move"]), matter=st.sampled_from(MATTERS))
    def an_officer_acts_and_more_is_said(self, who: str, act: str, matter: str) -> None:
        """Somebody who has no case yet files one first: else officers would mostly have nothing to do."""
        known = self.town.people[who]
        if not self.town.run(known.resident.cases()):
            self.files_a_matter(who, MATTERS[0])
        cases = self.town.run(known.resident.cases())
        if cases:
            self.town.officer_acts(cases[-1], act)
        self.writes(who, matter)

    @invariant()
    def the_promises_hold(self) -> None:
        if hasattr(self, "town"):
            self.town.check()


def run(city: City, template: Path, *, examples: int, steps: int) -> None:
    machine = type("Residents", (RandomResidents,), {"city": city, "template": template})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_random_residents_are_always_heard(city: City, template: Path) -> None:
    run(city, template, examples=15, steps=25)


@pytest.mark.slow
def test_many_random_residents_are_always_heard(city: City, template: Path) -> None:
    run(city, template, examples=50, steps=40)
