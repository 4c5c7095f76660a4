"""A form's fields as its page shows them: with what was typed, and what is wrong with it, beside each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.services.setting import BadFields

LONGEST_SHOWN = 10_000  # characters of a field that are given back


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A choice of a select."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. `kind` is "text", "tel", "url", "date", "number", "textarea", "select" or "tick"."""

    name: str
    label_key: str
    value: str = ""
    kind: str = "text"
    hint_key: str = ""
    trouble_key: str = ""
    options: Sequence[Option] = ()
    longest: int = 200
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into a form that was not taken, and why not. Empty at first."""

    form: str = ""  # the test id of the form it was typed into
    fields: Mapping[str, str] = field(default_factory=dict)
    refused: BadFields | None = None
    trouble_key: str = ""  # about the form as a whole
    is_late: bool = False  # what it was about is gone or changed since

    def value(self, form: str, name: str, otherwise: str = "") -> str:
        """What the field shows: what was typed, or what is kept."""
        if self.form != form:
            return otherwise
        return self.fields.get(name, "")[:LONGEST_SHOWN]

    def trouble(self, form: str, name: str) -> str:
        """The wording key of what is wrong with the field; empty when nothing is."""
        if self.form != form or self.refused is None:
            return ""
        return self.refused.troubles.get(name, "")

    def about(self, form: str) -> str:
        """The wording key of what is wrong with that form; empty when nothing is."""
        return self.trouble_key if self.form == form else ""


def ask(
    typed: Typed,
    form: str,
    name: str,
    label_key: str,
    *,
    kept: str = "",
    kind: str = "text",
    hint_key: str = "",
    options: Sequence[Option] = (),
    longest: int = 200,
    is_needed: bool = False,
) -> Field:
    """The field of that form, filled with what was typed or kept."""
    return Field(
        name=name,
        label_key=label_key,
        value=typed.value(form, name, kept),
        kind=kind,
        hint_key=hint_key,
        trouble_key=typed.trouble(form, name),
        options=options,
        longest=longest,
        is_needed=is_needed,
    )
