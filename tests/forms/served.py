"""The forms of a page as a browser without script has them: fields, what stands in them, buttons, what is wrong."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import unescape
from html.parser import HTMLParser

# What would only take time to read: pictures, and those of a hundred wards that are not chosen.
_PICTURES = re.compile(r"<(svg|template)\b.*?</\1>", re.DOTALL)
# Nor is anything read off these but who they are, and whether a field is said to be wrong.
_NO_FIELDS = re.compile(
    r"</?(?!(?:html|a|form|input|textarea|select|option|button|script|style)\b)[a-z][a-z0-9]*"
    r"(?![^>]*\s(?:id|aria-invalid)=)[^>]*>"
)
_CHOICES = re.compile(r"(<select\b[^>]*>)(.*?)</select>", re.DOTALL)
MULTIPART = "multipart/form-data"
TYPED = frozenset({"text", "search", "tel", "date", "number", "email", "time", "textarea"})


@dataclass
class ServedField:
    """A field. `kind` is an input's type, "select" or "textarea"; a radio button or tick is one field each."""

    kind: str
    name: str
    value: str
    attributes: dict[str, str]
    is_on: bool = True  # a radio button or tick: whether it is checked
    options: list[str] = field(default_factory=list)  # of a select

    @property
    def is_typed(self) -> bool:
        return self.kind in TYPED and "hidden" not in self.attributes and "readonly" not in self.attributes

    @property
    def is_seen(self) -> bool:
        return self.is_typed or self.kind in ("select", "radio", "checkbox", "password", "file")


@dataclass(frozen=True)
class Button:
    """A button that sends the form: where to, its own field ("" for none), and in which shape ("": the form's own)."""

    action: str
    name: str = ""
    value: str = ""
    enctype: str = ""


@dataclass
class ServedForm:
    """A form that is posted."""

    test_id: str
    action: str
    is_multipart: bool
    fields: list[ServedField] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)

    def pairs(self, button: Button) -> list[tuple[str, str]]:
        """What a browser sends when that button is pressed; of radio buttons without a choice, the first one."""
        pairs, radios = [], {one.name for one in self.fields if one.kind == "radio" and one.is_on}
        for one in self.fields:
            if one.kind == "radio" and not one.is_on and one.name not in radios:
                radios.add(one.name)
                pairs.append((one.name, one.value))
            elif one.kind != "file" and one.name and one.is_on:
                pairs.append((one.name, one.value))
        return pairs + ([(button.name, button.value)] if button.name else [])

    def sent_by(self, button: Button) -> "ServedForm":
        """The form in the shape in which that button sends it."""
        return replace(self, is_multipart=button.enctype == MULTIPART) if button.enctype else self

    @property
    def seen(self) -> list[ServedField]:
        return [one for one in self.fields if one.is_seen and one.name]

    def named(self, name: str) -> ServedField | None:
        return next((one for one in self.fields if one.name == name), None)


class ServedPage(HTMLParser):
    """A page: its forms, its language, its links, and the words beside fields."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text, self.language = text, ""
        self.forms: list[ServedForm] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.invalid: list[dict[str, str]] = []
        self._form: ServedForm | None = None
        self._textarea: ServedField | None = None
        self._select: ServedField | None = None
        self.feed(_NO_FIELDS.sub("", _CHOICES.sub(_chosen_alone, _PICTURES.sub("", text))))

    def form(self, test_id: str, action: str = "") -> ServedForm | None:
        """The form of that name; of several, the one that goes to `action`."""
        found = [form for form in self.forms if form.test_id == test_id]
        return next((form for form in found if form.action == action), found[0] if found else None)

    def words_at(self, element_id: str) -> str:
        """The words right inside the element with this id."""
        found = re.search(rf'id="{re.escape(element_id)}"[^>]*>([^<]*)', self.text)
        return unescape(found[1]).strip() if found else ""

    def summary(self) -> tuple[str, list[str]]:
        """What is said above the form, and the ids its links lead to; the first empty where nothing is said."""
        found = re.search(r'<(p|div)[^>]*role="alert"[^>]*data-testid="trouble"[^>]*>(.*?)</\1>', self.text, re.DOTALL)
        if not found:
            # The chat has one field, and what is said stands right above it.
            return self.words_at("notice"), [one["id"] for one in self.invalid if one.get("aria-describedby") == "notice"]
        rest = self.text[found.start() : found.start() + 4000] if found[1] == "div" else found[0]
        return re.sub(r"<[^>]*>", " ", found[2]).strip(), re.findall(r'href="#([^"]+)"', rest.split("</div>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.add(given["id"])
        if given.get("aria-invalid") == "true":
            self.invalid.append(given)
        if tag == "html":
            self.language = given.get("lang", "")
        elif tag == "a":
            self.links.append(given.get("href", ""))
        elif tag == "form" and given.get("method") == "post":
            is_multipart = given.get("enctype") == MULTIPART
            self._form = ServedForm(given.get("data-testid", ""), given.get("action", ""), is_multipart)
            self.forms.append(self._form)
        elif self._form is not None:
            self._in_form(self._form, tag, given)

    def _in_form(self, form: ServedForm, tag: str, given: dict[str, str]) -> None:
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "input":
            kind = given.get("type", "text")
            is_on = "checked" in given if kind in ("radio", "checkbox") else True
            form.fields.append(ServedField(kind, name, value, given, is_on))
        elif tag == "textarea":
            self._textarea = ServedField("textarea", name, "", given)
            form.fields.append(self._textarea)
        elif tag == "select":
            self._select = ServedField("select", name, "", given)
            form.fields.append(self._select)
        elif tag == "option" and self._select is not None:
            self._select.options.append(value)
            if ("selected" in given and len(self._select.options) < 2) or len(self._select.options) == 1:
                self._select.value = value
        elif tag == "button" and given.get("type", "submit") == "submit":
            form.buttons.append(Button(given.get("formaction", form.action), name, value, given.get("formenctype", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self._textarea.value += data


def _chosen_alone(found: re.Match[str]) -> str:
    options = re.findall(r"<option\b[^>]*>[^<]*</option>", found[2])
    chosen = [option for option in options if " selected" in option] or options[:1]
    return f"{found[1]}{''.join([*chosen, *options[-1:]])}</select>"


@dataclass(frozen=True)
class Knob:
    """One button of one form, and the page it stands on: what is tried out. Equal wherever the same form is found again."""

    test_id: str
    action: str  # with every code and number as "*"
    name: str
    value: str

    @classmethod
    def of(cls, form: ServedForm, button: Button) -> "Knob":
        return cls(form.test_id, pattern_of(button.action), button.name, pattern_of(button.value))


def pattern_of(path: str) -> str:
    """The path without what differs from case to case."""
    bare = path.split("?")[0].split("#")[0]
    return re.sub(r"(?<=[/:])[0-9A-Z]{4}-[0-9A-Z]{4}|(?<=[/:])\d+|\brc:.*", "*", bare)


def knobs(page: ServedPage) -> Iterator[tuple[Knob, ServedForm, Button]]:
    for form in page.forms:
        for button in form.buttons or [Button(form.action)]:
            yield Knob.of(form, button), form.sent_by(button), button


def with_value(form: ServedForm, name: str, value: str) -> ServedForm:
    """The form, filled in at one field: of radio buttons and ticks the one with that value is on."""

    def filled(one: ServedField) -> ServedField:
        if one.name != name:
            return one
        return replace(one, is_on=one.value == value) if one.kind in ("radio", "checkbox") else replace(one, value=value)

    return replace(form, fields=[filled(one) for one in form.fields])
