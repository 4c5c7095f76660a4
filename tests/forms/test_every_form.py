"""Every form of the desk, found by walking it as each role, takes whatever is sent and gives back what was typed.

A form that is added is tried out because it is there; an address that takes a form to which no page leads fails the test.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import structlog.testing

from admin.guessing import GUESSES
from admin.settings.notices import THROTTLE as LINK_THROTTLE
from bot.domain.people import Role
from bot.domain.rights import RIGHTS
from bot.web.siege import GATES
from bot.web.throttle import Throttle
from public.track import THROTTLE as TRACK_THROTTLE
from public.track import THROTTLE_OF_ALL
from tests.admin.desk import PASSWORD, StaffDesk
from tests.forms.hostile import Post, as_no_form, at_once, one_by_one, without_right
from tests.forms.judging import complaints
from tests.forms.scene import BEYOND, BY_SCRIPT, PLACEHOLDERS, Scene
from tests.forms.served import Button, Knob, ServedForm, knobs, pattern_of
from tests.forms.walker import Press, Stand, Walker

Posts = Callable[[ServedForm, Button], Iterator[Post]]
# Whose forms are tried first: those who may do most.
EYES = sorted(Role, key=lambda role: -len(RIGHTS[role]))


def stands(desk: StaffDesk) -> Iterator[Stand]:
    """Every page of the desk that has an address."""
    for route in desk.server.app.router.routes():
        path = route.resource.canonical if route.resource else ""
        if (
            route.method != "GET"
            or not path.startswith("/staff/")
            or path.endswith(("/events", "/files/{id}", "/photos/{check}", "/photos/{check}/small"))
        ):
            continue
        for there, here in PLACEHOLDERS.items():
            path = path.replace(there, here)
        for case in ("busy", "quiet", "closed", "told") if "{code}" in path else ("",):
            yield Stand(path.replace("{code}", f"{{{case}}}").replace("{id}", "1"))


@dataclass
class Found:
    """The forms that were found, each with the page on which it was."""

    knobs: dict[Knob, tuple[Scene, Stand]] = field(default_factory=dict)
    pages: int = 0

    async def walk(self, scene: Scene, wanted: Iterator[Stand]) -> None:
        """Look at those pages, and at those their links with a question lead to, through that role's eyes."""
        asked: dict[tuple[str, tuple[str, ...]], str] = {}
        for stand in wanted:
            if not await self._look(scene, stand):
                continue
            for link in scene.walker.page.links:
                path, _, query = link.partition("?")
                names = tuple(sorted(part.split("=")[0] for part in query.split("&")))
                if path.startswith("/staff/") and query and not {"lang", "done", "r"} & set(names):
                    asked.setdefault((pattern_of(path), names), link)
        for link in asked.values():
            await self._look(scene, Stand(link.replace("{", "{{").replace("}", "}}")))

    async def _look(self, scene: Scene, stand: Stand) -> bool:
        if await scene.walker.stands_at(stand, scene.names) != 200:
            return False
        self.pages += 1
        for knob, _, _ in knobs(scene.walker.page):
            self.knobs.setdefault(knob, (scene, stand))
        return True


async def walker_of(desk: StaffDesk) -> Walker:
    browser = await desk.browser()
    return Walker(browser.client.session, str(desk.server.make_url("/")))


async def scene_of(desk: StaffDesk, role: Role) -> Scene:
    scene = Scene(desk, role, await walker_of(desk))
    await scene.renew()
    return scene


def lift_throttles(desk: StaffDesk) -> None:
    desk.server.app[GUESSES]._now = iter(range(0, 10**12, 10_000)).__next__  # nothing was tried within the hour
    for key in (LINK_THROTTLE, TRACK_THROTTLE, THROTTLE_OF_ALL):
        desk.server.app[key]._item = Throttle(1_000_000)._item
    for gate in desk.server.app[GATES].values():
        gate.siege._many = 1_000_000


async def every_form(desk: StaffDesk) -> Found:
    lift_throttles(desk)
    found = Found()
    for role in (
        Role.WARD_LEADER,
        Role.CITY_COORDINATOR,
        Role.WARD_OFFICER,
        Role.RESTRICTED_OFFICER,
        Role.OPERATOR,
        Role.INSPECTOR,
    ):
        scene = await scene_of(desk, role)
        await found.walk(scene, stands(desk))
        if role in EYES[:2]:
            await found.walk(scene, iter(BEYOND))
            await scene.renew()
    stranger = Scene(desk, Role.INSPECTOR, await walker_of(desk), is_stranger=True)
    await desk.staff("leader", Role.WARD_LEADER)
    by_password = Press("login-form", fills=(("username", "leader"), ("password", PASSWORD)))
    await found.walk(stranger, iter((Stand("/staff/login"), Stand("/staff/login", (by_password,)), Stand("/track"))))
    return found


def untried(desk: StaffDesk, found: Found) -> set[str]:
    """Addresses that take a form, and no form leads there."""
    taking = {
        pattern_of("/".join("*" if part.startswith("{") else part for part in route.resource.canonical.split("/")))
        for route in desk.server.app.router.routes()
        if route.method == "POST" and route.resource
    }
    return taking - {pattern_of(knob.action) for knob in found.knobs} - BY_SCRIPT


@dataclass
class Trial:
    """Sends what is wrong with a form to where it goes, one after the other, and notes what is wrong with the answers."""

    found: Found
    posts_of: Posts
    complaints: list[str] = field(default_factory=list)
    sent: int = 0
    taken: int = 0

    async def run(self) -> None:
        for number, knob in enumerate(sorted(self.found.knobs, key=str)):
            scene, stand = self.found.knobs[knob]
            scene.walker.language = ("vi", "en")[number % 2]
            await self._try(knob, scene, stand)

    async def _try(self, knob: Knob, scene: Scene, stand: Stand) -> None:
        place = 0
        while here := await self._there(knob, scene, stand):
            form, button = here
            posts = list(self.posts_of(form, button))[place:]
            if not posts:
                return
            place += await self._send(knob, form, button, posts, scene.walker)
        self.complaints.append(f"{knob}: not found again")

    async def _send(self, knob: Knob, form: ServedForm, button: Button, posts: list[Post], walker: Walker) -> int:
        """Until one of them is taken, which changes what is there; how many were sent."""
        for place, post in enumerate(posts, 1):
            status = await walker.sends(button.action, post)
            self.sent += 1
            self.complaints += complaints(knob, form, post, status, walker.page, walker.language)
            if status in (204, 303):
                self.taken += 1
                return place
        return len(posts)

    async def _there(self, knob: Knob, scene: Scene, stand: Stand) -> tuple[ServedForm, Button] | None:
        for is_last in (False, True):
            await scene.walker.stands_at(stand, scene.names)
            here = scene.walker.finds(knob)
            if here or is_last:
                return here
            await scene.renew(knob.test_id)
        return None


def everything_at_once(form: ServedForm, button: Button) -> Iterator[Post]:
    yield from at_once(form, button)
    yield from without_right(form, button)
    at = len(button.action) + len(form.fields)  # every form with two of the ten: one reader reads them all
    yield from as_no_form(form, button, slice(at % 5, None, 5))


def one_by_one_and_broken(form: ServedForm, button: Button) -> Iterator[Post]:
    yield from one_by_one(form, button)
    yield from as_no_form(form, button, slice(len(button.action) % 3, None, 3))


@pytest.mark.slow
async def test_whatever_is_sent_comes_back_with_what_was_typed(
    whole_desk: StaffDesk, caplog: pytest.LogCaptureFixture
) -> None:
    """Each form with the same wrong thing in all its fields, and with bodies that are no forms."""
    found = await every_form(whole_desk)
    assert sorted(untried(whole_desk, found)) == [], "addresses that take a form, and no page leads there"
    assert found.pages > 100
    trial = Trial(found, everything_at_once)
    with structlog.testing.capture_logs() as logged, caplog.at_level(logging.WARNING):
        await trial.run()
    assert not trial.complaints, "\n".join([f"{len(trial.complaints)}, of {trial.sent} sent", *trial.complaints[:40]])
    assert [line for line in logged if line["log_level"] in ("error", "critical")] == []
    assert [record.getMessage() for record in caplog.records if record.name != "asyncio"] == []
    assert trial.sent > 500
    assert 0 < trial.taken < trial.sent, "every one was taken, or none was"


@pytest.mark.slow
async def test_each_field_alone_may_hold_anything(whole_desk: StaffDesk) -> None:
    trial = Trial(await every_form(whole_desk), one_by_one_and_broken)
    with structlog.testing.capture_logs() as logged:
        await trial.run()
    assert not trial.complaints, "\n".join([f"{len(trial.complaints)}, of {trial.sent} sent", *trial.complaints[:40]])
    assert [line for line in logged if line["log_level"] in ("error", "critical")] == []
    assert trial.sent > 1000
