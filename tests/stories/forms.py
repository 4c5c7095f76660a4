"""Forms of a page as a browser without script has them: found by their `data-testid`, sent with what they already hold."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """A form: where it goes and what it holds before anyone types."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, Form] = {}
        self._form: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(named.get("action", ""))
            self.found[named.get("data-testid", "")] = self._form
        elif self._form is None:
            return
        elif tag in ("input", "textarea") and named.get("type") not in ("file", "radio", "checkbox", "submit"):
            self._form.fields[named.get("name", "")] = named.get("value", "")
        elif tag == "select":
            self._select = named.get("name", "")
        elif tag == "option" and ("selected" in named or self._select not in self._form.fields):
            self._form.fields[self._select] = named.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None


def forms(html: str) -> dict[str, Form]:
    """Every form of the page by its `data-testid`."""
    parser = _Forms()
    parser.feed(html)
    return parser.found
