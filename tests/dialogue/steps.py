"""Everywhere a resident can stand: a step is a walk to it and what it must be there, for `test_every_step`.

What can be sent from there is `everything_sent`.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from bot.domain.draft import Awaited, Question
from bot.domain.incoming import IncomingKind
from bot.domain.people import Role
from bot.domain.privacy import PauseReason
from bot.services.city import City
from bot.services.publish_case import TEXTS, Edited, decide_publication, propose_publication
from handlers.dialogue.choices import Act
from tests.dialogue.desk import Officer, all_hear
from tests.dialogue.driver import Resident

_HIRED = count(1)
LITTER = "Rác ở phường Tây Hồ"
LANE = "Rác chất đống ở ngõ 12 đường Thụy Khuê, phường Tây Hồ"


@dataclass
class Scene:
    """One resident on the way to a step; `hoa` is a neighbour with a case of her own."""

    lan: Resident
    hoa: Resident
    city: City

    async def press(self, act: Act, value: str = "") -> None:
        """The newest button of this act, whatever the language on it."""
        shown = [choice.data for reply in self.lan.replies for row in reply.choices for choice in row]
        fits = [data for data in shown if data.partition(":")[0] == act and value in data]
        assert fits, f"no {act.name} button was shown; last heard: {self.lan.hears[-1:]}"
        await self.lan.presses_data(fits[-1])

    async def reports(self, text: str = LITTER) -> None:
        await self.lan.says(text)

    async def files(self, text: str = LITTER) -> None:
        await self.lan.says(text)
        await self.press(Act.SEND)

    async def officer(self) -> Officer:
        return await Officer.hired(self.lan.storage, self.city, name=f"minh{next(_HIRED)}")

    async def is_closed(self) -> None:
        await self.files()
        await (await self.officer()).closes(self.lan.code)
        await all_hear(self.lan)

    async def is_paused(self) -> None:
        """As `pause_resident` leaves it; who may pause is held elsewhere."""
        async with self.lan.storage.begin() as uow:
            until = self.lan.now + timedelta(days=1)
            await uow.conversations.pause(self.lan.address, until=until, reason=PauseReason.ABUSE.value)
            await uow.commit()

    async def is_reminded(self, after: timedelta) -> None:
        self.lan.now += after
        async with self.lan.storage.begin() as uow:
            [conversation] = [
                one for one in await uow.retention.due_drafts(now=self.lan.now, most=1000) if one.address == self.lan.address
            ]
            await self.lan.dialogue.remind(uow, conversation, self.lan.now)
            await uow.commit()
        await all_hear(self.lan)


async def _nowhere(scene: Scene) -> None:
    """Before the first word."""


async def _matter(scene: Scene) -> None:
    await scene.lan.sends_photo()


async def _unclear(scene: Scene) -> None:
    await scene.lan.says("Chỗ này không ổn")


async def _ward(scene: Scene) -> None:
    await scene.lan.says("Rác chất đống đầu ngõ")


async def _several(scene: Scene) -> None:
    await scene.lan.says("Rác ở phường Yên Phụ")


async def _official_card(scene: Scene) -> None:
    await scene.reports("Cán bộ một cửa phường Tây Hồ quát mắng bà tôi, đòi tiền bồi dưỡng")


async def _anonymous_card(scene: Scene) -> None:
    await scene.reports()
    await scene.press(Act.ANONYMOUS)


async def _praised(scene: Scene) -> None:
    await scene.files("Khen cô Hạnh ở phường Tây Hồ nhặt được ví, tìm người mất trả lại")


async def _panel_card(scene: Scene) -> None:
    await scene.reports("Bảng quy tắc ứng xử ở nhà văn hóa phường Tây Hồ bị rách")


async def _emergency_card(scene: Scene) -> None:
    await scene.reports("Cháy nhà ở phường Tây Hồ, còn người mắc kẹt bên trong")


async def _kind(scene: Scene) -> None:
    await scene.reports()
    await scene.press(Act.OTHER_KIND)


async def _other_ward(scene: Scene) -> None:
    await scene.reports()
    await scene.press(Act.OTHER_WARD)


async def _me_too(scene: Scene) -> None:
    await scene.hoa.says(LANE, "gửi")
    await scene.reports(LANE)
    await all_hear(scene.lan)


async def _joined(scene: Scene) -> None:
    await _me_too(scene)
    await scene.press(Act.JOIN)


async def _kept_apart(scene: Scene) -> None:
    await scene.files()
    await scene.lan.says("Cán bộ phường quát mắng tôi, đòi tiền bồi dưỡng")


async def _many_filed(scene: Scene) -> None:
    for number in range(7):
        await scene.lan.commands("new")
        await scene.files(f"Đèn đường hỏng ở phường Tây Hồ, cột số {number}")
    await scene.lan.commands("cases")


async def _new(scene: Scene) -> None:
    await scene.files()
    await scene.lan.commands("new")


async def _started_again(scene: Scene) -> None:
    await scene.files()
    await scene.lan.commands("start")


async def _anonymous_receipt(scene: Scene) -> None:
    await scene.reports()
    await scene.press(Act.ANONYMOUS)
    await scene.press(Act.SEND)


async def _retyping(scene: Scene) -> None:
    await _anonymous_receipt(scene)
    await scene.lan.presses_data(f"{Act.KEPT}:{scene.lan.code}:0000")


async def _case_shown(scene: Scene) -> None:
    await scene.files()
    await scene.press(Act.CASE)


async def _adding(scene: Scene) -> None:
    await scene.files()
    await scene.press(Act.CASE)
    await scene.press(Act.ADD_HERE)


async def _added(scene: Scene) -> None:
    await scene.files()
    await scene.lan.says("Chỗ này ngay cạnh chợ")


async def _answered(scene: Scene) -> None:
    await scene.files()
    await (await scene.officer()).answers(scene.lan.code, "Phường đã nhận.")
    await all_hear(scene.lan)


async def _asked_to_publish(scene: Scene) -> None:
    await _answered(scene)
    minh, code = await scene.officer(), scene.lan.code
    chi = await Officer.hired(scene.lan.storage, scene.city, name=f"chi{next(_HIRED)}", role=Role.WARD_LEADER)
    edited = Edited(title="Rác", text="Rác.", answer="Đã nhận.", shows_place=False, read=TEXTS, is_sure=False)
    case, now = await minh.case(code), scene.lan.now
    async with scene.lan.storage.begin() as uow:
        await propose_publication(uow, staff=minh.member, code=code, version=case.version, edited=edited, now=now)
        [text] = await uow.publications.of_case(case.id)
        await decide_publication(
            uow, staff=chi.member, code=code, slug=text.slug, is_approved=True, now=now, wards=scene.city.wards
        )
        await uow.commit()
    await all_hear(scene.lan)


async def _asked(scene: Scene) -> None:
    await scene.files()
    await (await scene.officer()).answers(scene.lan.code, "Rác ở trước số nhà nào?", asks=True)
    await all_hear(scene.lan)


async def _stars(scene: Scene) -> None:
    await scene.is_closed()
    await scene.press(Act.RESOLVED)


async def _dispute(scene: Scene) -> None:
    await scene.is_closed()
    await scene.press(Act.NOT_RESOLVED)


async def _reopened(scene: Scene) -> None:
    await _dispute(scene)
    await scene.press(Act.REOPEN)


async def _too_late_to_dispute(scene: Scene) -> None:
    await scene.is_closed()
    scene.lan.now += timedelta(days=60)
    await scene.press(Act.NOT_RESOLVED)


async def _code(scene: Scene) -> None:
    await scene.lan.commands("find")


async def _code_with_draft(scene: Scene) -> None:
    await scene.reports()
    await scene.lan.commands("find")


async def _secret(scene: Scene) -> None:
    await scene.hoa.says(LITTER, "gửi")
    await scene.lan.says(scene.hoa.code)


async def _wrong_secret_too_often(scene: Scene) -> None:
    await _secret(scene)
    await scene.lan.says(*["1234 5678 9012"] * 6)


async def _codes(scene: Scene) -> None:
    await scene.lan.commands("code")


async def _code_page(scene: Scene) -> None:
    await scene.lan.commands("code", "hút thuốc")


async def _question_kept(scene: Scene) -> None:
    await scene.lan.says("Hút thuốc ở nhà chờ xe buýt có bị phạt không?")


async def _consent(scene: Scene) -> None:
    await scene.files()
    await scene.lan.commands("contact")


async def _contact(scene: Scene) -> None:
    await _consent(scene)
    await scene.press(Act.CONTACT, "yes")


async def _contact_kept(scene: Scene) -> None:
    await _contact(scene)
    await scene.lan.says("0912 345 678")


async def _data(scene: Scene) -> None:
    await scene.files()
    await scene.lan.commands("mydata")


async def _data_with_draft(scene: Scene) -> None:
    await scene.reports()
    await scene.lan.commands("mydata")


async def _correction(scene: Scene) -> None:
    await _data(scene)
    await scene.press(Act.DATA, "fix")


async def _forget(scene: Scene) -> None:
    await scene.files()
    await scene.lan.commands("forget")


async def _forget_with_draft(scene: Scene) -> None:
    await scene.reports()
    await scene.lan.commands("forget")


async def _forgotten_partly(scene: Scene) -> None:
    await _forget(scene)
    await scene.press(Act.DATA, "sure")


async def _forgotten(scene: Scene) -> None:
    await _forget_with_draft(scene)
    await scene.press(Act.DATA, "sure")


async def _person(scene: Scene) -> None:
    await scene.lan.commands("person")


async def _office(scene: Scene) -> None:
    await scene.files()
    await scene.lan.commands("person")


async def _asked_to_tie(scene: Scene) -> None:
    await scene.hoa.says("liên kết")
    found = re.search(r"(?:Mã của Bạn|Your code): (\S+)", scene.hoa.hears[-1])
    assert found
    await scene.lan.says(f"liên kết {found[1]}")


async def _tied(scene: Scene) -> None:
    await _asked_to_tie(scene)
    await scene.lan.presses_data("lk:yes")


async def _adding_elsewhere(scene: Scene) -> None:
    """To a case of the other chat."""
    await _tied(scene)
    await scene.lan.presses_data(f"ah:{scene.hoa.code}")


async def _language(scene: Scene) -> None:
    await scene.lan.commands("language")


async def _cancelled(scene: Scene) -> None:
    await scene.reports()
    await scene.lan.commands("cancel")


async def _reminded(scene: Scene) -> None:
    await scene.reports()
    await scene.is_reminded(timedelta(hours=25))


async def _dropped(scene: Scene) -> None:
    await _reminded(scene)
    await scene.is_reminded(timedelta(days=7))


async def _identity_card(scene: Scene) -> None:
    await scene.lan.sends_photo("ảnh căn cước của tôi")


async def _back_after_blocking(scene: Scene) -> None:
    await scene.reports()
    await scene.lan.gives(scene.lan.incoming(IncomingKind.BLOCKED))


async def _paused(scene: Scene) -> None:
    await scene.files()
    await scene.is_paused()


@dataclass(frozen=True)
class Step:
    """A walk, and where it leads."""

    walk: Callable[[Scene], Awaitable[None]]
    asked: Question | None = None
    awaits: Awaited | None = None


STEPS: dict[str, Step] = {
    "nowhere": Step(_nowhere),
    "matter": Step(_matter, Question.MATTER),
    "unclear matter": Step(_unclear, Question.MATTER),
    "ward": Step(_ward, Question.WARD),
    "several wards": Step(_several, Question.WARD),
    "card": Step(Scene.reports, Question.CONFIRM),
    "official's card": Step(_official_card, Question.CONFIRM),
    "anonymous card": Step(_anonymous_card, Question.CONFIRM),
    "panel's card": Step(_panel_card, Question.CONFIRM),
    "emergency's card": Step(_emergency_card, Question.CONFIRM),
    "kind": Step(_kind, Question.KIND),
    "another ward": Step(_other_ward, Question.WARD),
    "me too": Step(_me_too, Question.CONFIRM),
    "joined": Step(_joined),
    "kept apart": Step(_kept_apart, Question.CONFIRM),
    "filed": Step(Scene.files),
    "praised": Step(_praised),
    "many filed": Step(_many_filed),
    "new": Step(_new),
    "started again": Step(_started_again),
    "anonymous receipt": Step(_anonymous_receipt),
    "retyping": Step(_retyping),
    "case shown": Step(_case_shown),
    "adding": Step(_adding),
    "added": Step(_added),
    "answered": Step(_answered),
    "asked by staff": Step(_asked),
    "asked to publish": Step(_asked_to_publish),
    "closed": Step(Scene.is_closed),
    "stars": Step(_stars),
    "dispute": Step(_dispute, awaits=Awaited.DISPUTE),
    "reopened": Step(_reopened),
    "too late to dispute": Step(_too_late_to_dispute),
    "code": Step(_code, awaits=Awaited.CODE),
    "code with draft": Step(_code_with_draft, Question.CONFIRM, Awaited.CODE),
    "secret": Step(_secret, awaits=Awaited.RECEIPT),
    "secret wrong too often": Step(_wrong_secret_too_often),
    "codes of conduct": Step(_codes),
    "page of the codes": Step(_code_page),
    "question kept": Step(_question_kept, Question.WARD),
    "consent": Step(_consent, awaits=Awaited.CONSENT),
    "contact": Step(_contact, awaits=Awaited.CONTACT),
    "contact kept": Step(_contact_kept),
    "my data": Step(_data),
    "my data with draft": Step(_data_with_draft, Question.CONFIRM),
    "correction": Step(_correction, awaits=Awaited.CORRECTION),
    "forget": Step(_forget, awaits=Awaited.FORGET),
    "forget with draft": Step(_forget_with_draft, Question.CONFIRM, Awaited.FORGET),
    "forgotten partly": Step(_forgotten_partly),
    "forgotten": Step(_forgotten),
    "person": Step(_person, awaits=Awaited.PERSON),
    "office": Step(_office),
    "asked to tie": Step(_asked_to_tie, awaits=Awaited.BOND),
    "tied": Step(_tied),
    "adding elsewhere": Step(_adding_elsewhere),
    "language": Step(_language),
    "cancelled": Step(_cancelled),
    "reminded": Step(_reminded, Question.CONFIRM),
    "dropped": Step(_dropped),
    "identity card": Step(_identity_card),
    "back after blocking": Step(_back_after_blocking, Question.CONFIRM),
    "paused": Step(_paused),
}
