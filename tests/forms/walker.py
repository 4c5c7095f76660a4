"""A browser without script that opens pages, presses buttons, and sends whatever it is told to in place of a form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from urllib.parse import urljoin

from aiohttp import ClientResponse, ClientSession

from tests.forms.hostile import Post, url_encoded
from tests.forms.served import Button, Knob, ServedForm, ServedPage, knobs, with_value


@dataclass(frozen=True)
class Press:
    """Fill in a form and press a button of it."""

    test_id: str
    name: str = ""  # the button's own field; empty: the first button
    value: str = ""
    fills: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Stand:
    """Where a page is: an address, and what has to be pressed from there. `{names}` are the scene's."""

    path: str
    presses: tuple[Press, ...] = ()


@dataclass
class Walker:
    """One browser; `root` is the server's address."""

    session: ClientSession
    root: str
    language: str = "vi"
    location: str = ""
    page: ServedPage = field(default_factory=lambda: ServedPage(""))

    async def opens(self, path: str) -> int:
        """Follows redirections, as a browser does."""
        async with self.session.get(urljoin(self.root, path), headers={"Accept-Language": self.language}) as answer:
            return await self._reads(answer)

    async def sends(self, action: str, post: Post) -> int:
        """Send it; the answer is read, a redirection is not followed."""
        headers = {"Sec-Fetch-Site": "same-origin", "Accept-Language": self.language}
        if post.content_type:
            headers["Content-Type"] = post.content_type
        async with self.session.post(
            urljoin(self.root, action),
            data=BytesIO(post.body),
            headers=headers,
            allow_redirects=False,
            skip_auto_headers=() if post.content_type else ("Content-Type",),
        ) as answer:
            self.location = answer.headers.get("Location", "")
            return await self._reads(answer)

    async def stands_at(self, stand: Stand, names: Mapping[str, str]) -> int:
        """Go there; the status of the page that one arrives at, 0 where a button is missing on the way."""
        status = await self.opens(stand.path.format(**names))
        for press in stand.presses:
            form = self.page.form(press.test_id)
            if form is None:
                return 0
            for name, value in press.fills:
                form = with_value(form, name, value.format(**names))
            status = await self.presses(form, press)
        return status

    async def presses(self, form: ServedForm, press: Press) -> int:
        buttons = form.buttons or [Button(form.action)]
        button = next((one for one in buttons if (one.name, one.value) == (press.name, press.value)), buttons[0])
        pairs = [(name, value.encode()) for name, value in form.pairs(button)]
        status = await self.sends(
            button.action, Post("as meant", "application/x-www-form-urlencoded", url_encoded(pairs), {})
        )
        return await self.opens(self.location) if status == 303 else status

    def finds(self, knob: Knob) -> tuple[ServedForm, Button] | None:
        """That form on the page that is open."""
        return next(((form, button) for found, form, button in knobs(self.page) if found == knob), None)

    async def _reads(self, answer: ClientResponse) -> int:
        text = await answer.text() if answer.content_type.startswith("text/") else ""
        self.page = ServedPage(text) if text else ServedPage("")
        return answer.status
