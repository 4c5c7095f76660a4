"""A desk with something of everything, made anew when what was tried has changed it; seen through one role's browser."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from yarl import URL

from bot.domain.case import Case, CaseKind, Desk
from bot.domain.ledger import CodeOf, EntryKind, NewBoard, NewEntry, NewPraise, Source
from bot.domain.neighbours import CHOICES, Ended, NewSubscription, Tried, new_secret
from bot.domain.outcome import Outcome
from bot.domain.people import Address, Channel, Language, Role, StaffId
from bot.domain.privacy import PAUSES, PauseReason
from bot.domain.proposal import NewProposal, ProposalKind
from bot.domain.publishing import NewPublication, Wording, new_slug
from bot.domain.reply import DeliveryResult, DeliveryState, NewReply, Reply
from bot.domain.rights import DESKS, Right, may
from bot.domain.staffing import Exclusion, NewTemplate, Why
from bot.domain.thread import CaseEvent, EventKind
from bot.domain.ward import WardCode
from bot.ports import RawUpdate
from bot.services.answer_case import answer_case
from bot.services.close_case import close_case
from bot.services.pause_resident import pause_resident
from bot.web import keys
from storage.tables import cases
from tests.admin.desk import PHU_THUONG, SECRET_KEY, StaffDesk
from tests.closing import report
from tests.codes import enrol
from tests.forms.walker import Press, Stand, Walker

PLACEHOLDERS = {"{ward}": PHU_THUONG} | {
    f"/{many}/{{id}}": f"/{many}/{{{one}}}"
    for many, one in {
        "people": "colleague",
        "templates": "template",
        "boards": "board",
        "praises": "praise",
        "neighbours": "neighbour",
    }.items()
}
CASES = ("busy", "quiet", "other", "closed")
_DO = Press("preview-form")
BOOKED = (Press("counter-form", "step", "next"), Press("read-back-form", "step", "file"))
_TOLD = Press("counter-form", "step", "next", (("text", "Rác đầu ngõ 12 chưa ai dọn."), ("way", "phone")))
# What only a form leads to. Whoever adds such a page adds the way to it.
BEYOND = (
    Stand("/staff/counter", (_TOLD,)),
    Stand("/staff/counter", (_TOLD, BOOKED[0])),
    *(Stand("/staff/?tick=page", (Press("bulk-form", "act", act),)) for act in ("assign", "move", "answer")),
    *(
        Stand("/staff/?tick=page", (Press("bulk-form", "act", act), Press("choose-form", fills=((name, value),)), *more))
        for more in ((), (_DO,))
        for act, name, value in (("answer", "text", "Đã xem."), ("assign", "username", "{me}"), ("move", "ward", "00004"))
    ),
)
# Posted by the page's script alone; what comes of it, tests/admin/test_live.py and test_writing.py tell. The other stops a
# process that makes a document: tests/admin/test_papers.py.
BY_SCRIPT = {
    "/staff/cases/*/presence",
    "/staff/reports/work/stop",
    # By programs with a key: tests/open311.
    "/open311/v2/requests.json",
    "/open311/v2/requests.xml",
}


@dataclass
class Scene:
    """The desk as somebody of that role has it before them."""

    desk: StaffDesk
    role: Role
    walker: Walker
    names: dict[str, str] = field(default_factory=dict)  # what stands for "{busy}" and the like in an address
    is_stranger: bool = False  # not signed in

    @property
    def me(self) -> str:
        return f"me-{self.role.value.replace('_', '-')}"

    async def renew(self, missing: str = "") -> None:
        """New cases for what was changed or closed; signed in again if need be. `missing`: the form that is not there."""
        if self.is_stranger:
            return
        if not self.names:
            await self._people()
        if await self.walker.opens("/staff/rights") != 200 or "login-form" in self.walker.page.text:
            self.walker.session.cookie_jar.update_cookies(await self.desk.session_of(self.me), URL(self.walker.root))
        await self._empties_the_queue()
        busy, other = await self._case("Ngõ tối ba đêm nay."), await self._case("Đèn hỏng.")
        quiet = await self._case("Bảng quy tắc bị rách.", CaseKind.PANEL)
        closed = await self._case("Đã xong.")
        await self._around(busy, quiet, other, closed, missing)
        self.names.setdefault("told", busy.code)
        self.names |= dict(zip(CASES, (case.code for case in (busy, quiet, other, closed)), strict=True))

    async def _empties_the_queue(self) -> None:
        """What was made before goes away, or a page would not show what is new."""
        async with self.desk.database._transaction() as connection:
            old = cases.c.code.in_([self.names[name] for name in CASES if name in self.names])
            await connection.execute(cases.update().where(old).values(status="closed", closed_at=self.desk.clock.now()))
            await connection.commit()

    async def _people(self) -> None:
        await self.desk.staff(self.me, self.role)
        colleague = await self.desk.staff(f"colleague-{self.me}", Role.WARD_OFFICER, has_code=True)
        leader = await self.desk.staff(f"leader-{self.me}", self._boss)
        async with self.desk.database.begin() as uow:
            template = await uow.templates.add(
                NewTemplate(
                    ward_code=PHU_THUONG if self.role is Role.WARD_LEADER else None,
                    name="Cảm ơn",
                    language=Language.VI,
                    text="Xin cảm ơn.",
                )
            )
            await uow.commit()
        self.names = {"me": self.me, "colleague": str(colleague.id), "template": str(template.id), "boss": leader.username}
        self.names["neighbour"] = "1"

    @property
    def _boss(self) -> Role:
        return Role.CITY_COORDINATOR if self.role is Role.CITY_COORDINATOR else Role.WARD_LEADER

    async def _case(self, text: str, kind: CaseKind = CaseKind.SUGGESTION) -> Case:
        """Where this role sees it."""
        is_at_city = Desk.UNPLACED in DESKS.get(self.role, ()) and self.role is not Role.INSPECTOR
        ward: WardCode | None = None if is_at_city else PHU_THUONG
        case = await self.desk.case(text, ward=ward, kind=kind)
        await self.desk.resident_adds(case, "Vẫn chưa thấy ai đến.")
        return await self.desk.now_is(case.code)

    async def _around(self, busy: Case, quiet: Case, other: Case, closed: Case, missing: str) -> None:
        """`busy`: linked, with openings asked for and somebody barred; `quiet`: merged, mine; its resident paused."""
        me, boss = await self.desk.member(self.me), await self.desk.member(self.names["boss"])
        colleague = await self.desk.member(f"colleague-{self.me}")
        now = self.desk.clock.now()
        async with self.desk.database.begin() as uow:
            for view in await uow.views.of(me.id):
                await uow.views.remove(me.id, view.id)
            await uow.views.put(me.id, "Trễ", "due=late")
            if not any(chat.linked_at for chat in await uow.staff_chats.of(me.id)):
                await uow.staff_chats.begin(me.id, Channel.TELEGRAM, busy.code, until=now + timedelta(hours=1))
                await uow.staff_chats.link(Address(Channel.TELEGRAM, str(me.id)), busy.code, now)
            if missing == "factor-form":  # it was taken away
                await enrol(uow, colleague.id, SECRET_KEY, now)
            await uow.exclusions.add([Exclusion(case_id=busy.id, staff_id=colleague.id, why=Why.OTHER)])
            waiting = await uow.openings.ask(busy.id, asked_by=boss.id, reason="Hẹn giờ", now=now)
            mine = await uow.openings.ask(busy.id, asked_by=me.id, reason="Hẹn giờ", now=now)
            await uow.openings.decide(mine.id, decided_by=boss.id, is_granted=True, now=now)
            wards = self.desk.server.app[keys.WARDS]
            await close_case(
                uow,
                staff=boss,
                code=closed.code,
                version=closed.version,
                report=report(Outcome.DONE, "Xong", now.date()),
                now=now,
                wards=wards,
                zone=self.desk.server.app[keys.SETTINGS].zone,
            )
            if may(self.role, Right.PAUSE_RESIDENT):
                reason, length = next(iter(PauseReason)), next(iter(PAUSES.values()))
                await pause_resident(
                    uow, staff=boss, code=quiet.code, version=quiet.version, length=length, reason=reason, now=now
                )
            code, version = busy.code, busy.version
            await answer_case(uow, staff=boss, code=code, version=version, text="Mai đến.", files=(), now=now, wards=wards)
            await uow.commit()
        assert waiting.id != mine.id
        await self._in_the_ledger(me.id)
        await self._is_made_public(closed, other, boss.id, colleague.id)
        await self._does_not_arrive(busy)
        if may(self.role, Right.OPERATE):
            await self._gets_stuck(busy.address)
            await self._has_neighbours()
        if may(self.role, Right.MERGE):
            self.names |= {"busy": busy.code, "quiet": quiet.code, "other": other.code}
            for path, press in (
                ("/staff/cases/{busy}", Press("tie-form", fills=(("other", "{other}"),))),
                ("/staff/cases/{quiet}", Press("take-form")),
            ):
                assert await self.walker.stands_at(Stand(path, (press,)), self.names) == 200
            await self._merge(quiet)
        if self.role is Role.WARD_LEADER:
            if "told" not in self.names or missing == "told-form":
                await self._at_the_counter()
            day = (now + timedelta(days=3)).date().isoformat()
            fills = (("absent", "{me}"), ("deputy", "{boss}"), ("first", day), ("last", day))
            assert await self.walker.stands_at(
                Stand("/staff/settings/absences", (Press("absence-form", fills=fills),)), self.names
            )
        if may(self.role, Right.OVERRIDE_GATE):
            await self._asks_for_a_day(busy, boss.id)

    async def _is_made_public(self, waits: Case, asked: Case, boss: StaffId, colleague: StaffId) -> None:
        """A text that waits for somebody else of staff, and one that waits for the resident."""
        now = self.desk.clock.now()
        async with self.desk.database.begin() as uow:
            for case in (waits, asked):
                if case.ward_code is None:
                    return
                text = await uow.publications.add(
                    NewPublication(
                        case_id=case.id,
                        ward_code=case.ward_code,
                        category=case.category,
                        slug=new_slug(),
                        wording=Wording(title="Đèn đường", text="Đèn tắt ba đêm.", answer="Đã thay bóng."),
                        by=boss,
                        at=now,
                        disputes=0,
                    )
                )
            await uow.publications.approve(text, by=colleague, now=now)
            await uow.commit()

    async def _in_the_ledger(self, staff_id: StaffId) -> None:
        """A board, a group, something done and somebody praised."""
        now = self.desk.clock.now()
        day, ward = now.date(), PHU_THUONG
        board = NewBoard(
            ward_code=ward,
            code=CodeOf.PUBLIC,
            place="Nhà văn hóa",
            point=None,
            posted_on=day,
            due_on=day + timedelta(days=90),
        )
        entry = NewEntry(ward_code=ward, kind=EntryKind.INSPECTION, day=day, code=CodeOf.BOTH, number=4)
        praise = NewPraise(
            ward_code=ward,
            name="Cô Mận",
            is_group=False,
            deed="Nhặt ví trả lại",
            source=Source.STAFF,
            day=day,
            agreed_at=now,
        )
        async with self.desk.database.begin() as uow:
            self.names["board"] = str(await uow.boards.add(board, staff_id=staff_id, now=now))
            self.names["praise"] = str(await uow.praises.add(praise))
            await uow.ledger.add(entry, doubts=(), staff_id=staff_id, now=now)
            await uow.ledger.add_groups(ward, ["Tổ 1"])
            await uow.commit()

    async def _asks_for_a_day(self, case: Case, boss: StaffId) -> None:
        """A third new day, about the case as it is now: whoever looks can agree."""
        now = self.desk.clock.now()
        async with self.desk.database.begin() as uow:
            version = (await self.desk.now_is(case.code)).version
            asked = NewProposal(
                case_id=case.id,
                kind=ProposalKind.POSTPONE,
                by=boss,
                at=now,
                version=version,
                due_at=now,
                words="Chờ mưa",
            )
            await uow.proposals.add(asked)
            await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.PROPOSED, at=now, staff_id=boss))
            await uow.commit()

    async def _does_not_arrive(self, case: Case) -> None:
        """What was last said to that resident, for good. What others were told is delivered, or it would pile up."""
        now, lease, channel = self.desk.clock.now(), timedelta(minutes=1), case.address.channel
        async with self.desk.database.begin() as uow:
            while claimed := await uow.outbox.claim(owner="x", channels=[channel], now=now, lease=lease, most=200):
                for queued in claimed:
                    is_theirs = queued.address == case.address
                    state = DeliveryState.FAILED if is_theirs else DeliveryState.SENT
                    result = DeliveryResult(reply_id=queued.id, state=state, at=now, error="gone" if is_theirs else "")
                    await uow.outbox.record([result])
            await uow.commit()

    async def _gets_stuck(self, address: Address) -> None:
        """An update that nobody can read, and a reply that nobody takes."""
        now, name = self.desk.clock.now(), secrets.token_hex(8)
        async with self.desk.database.begin() as uow:
            update = RawUpdate(channel=Channel.TELEGRAM, external_id=name, address_id="", body="{", unreadable="no JSON")
            await uow.inbox.keep([update], now)
            [reply] = await uow.outbox.add([NewReply(address=address, reply=Reply(text="Chào"))], now)
            await uow.outbox.record([DeliveryResult(reply_id=reply, state=DeliveryState.FAILED, at=now, error="gone")])
            await uow.commit()

    async def _has_neighbours(self) -> None:
        """A program that is told of cases, with one event that it took, and a key of another."""
        now = self.desk.clock.now()
        async with self.desk.database.begin() as uow:
            for one in await uow.neighbours.all():
                await uow.neighbours.disable(one.id, Ended.OPERATOR, now)
            kinds = frozenset(CHOICES)
            new = NewSubscription(name="Cổng", address="https://a.example/", secret=new_secret(), kinds=kinds, made_by=None)
            made = await uow.neighbours.add(new, now)
            await uow.neighbours.put_secrets(made.id, [new_secret(), new_secret()])
            await uow.neighbours.ping(made.id, "evt_x", now)
            found = await uow.neighbours.claim(made.id, owner="x", now=now, lease=timedelta(minutes=1))
            assert found is not None
            tried = Tried(at=now, status=200, error="", milliseconds=5)
            await uow.neighbours.record(made.id, found[1], tried, owner="x", due_at=None, pause=now)
            await uow.api_keys.add("Cổng", secrets.token_hex(32), per_minute=60, now=now)
            await uow.commit()
        self.names["neighbour"] = str(made.id)

    async def _at_the_counter(self) -> None:
        """A case of somebody who has no chat, and an answer of which they have to be told."""
        assert await self.walker.stands_at(Stand("/staff/counter", (_TOLD, *BOOKED)), self.names) == 200
        [code] = {link.rpartition("/")[2] for link in self.walker.page.links if link.startswith("/staff/cases/")}
        self.names["told"] = code
        answer = Press("reply-form", fills=(("text", "Chiều nay có người đến."),))
        assert await self.walker.stands_at(Stand("/staff/cases/{told}", (answer,)), self.names) == 200

    async def _merge(self, quiet: Case) -> None:
        await self.walker.opens(f"/staff/cases/{quiet.code}")
        form = self.walker.page.form("tie-form")
        assert form is not None
        [button] = [one for one in form.buttons if one.action.endswith("/merge")]
        form.named("other").value = self.names["other"]  # type: ignore[union-attr]  # the form has that field
        form.buttons = [button]
        assert await self.walker.presses(form, Press("tie-form")) == 200
