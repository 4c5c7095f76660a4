"""The close form as it is read: what was chosen and typed becomes a report, and what is missing a sentence at its field."""

from collections.abc import Mapping, Sequence
from datetime import date

from admin.actions import BadChoice
from admin.case.parts import ClosingTyped
from admin.counter.photos import Kept, seal
from admin.guard import Visit
from admin.pages import Typed
from bot.domain.case import read_code
from bot.domain.closing import ClosingPart, ClosingReport, Ground
from bot.domain.outcome import Outcome
from bot.services.staff_change import LONGEST_WORDS
from bot.web.forms import Form

# Beside the words and the outcome; kept with the draft.
FIELDS = (
    "what",
    "unit",
    "done_on",
    "planned_for",
    "handed_to",
    "handed_over",
    "close_anyway",
    "ground",
    "basis",
    "duplicate_of",
    "override",
)
_LONGEST_FIELD = 1000  # characters that are given back; no line of a closing may be so long
# Where a part is not the field's own name.
_AT = {
    ClosingPart.EVIDENCE: "files",
    ClosingPart.DONE_LATER: "done_on",
    ClosingPart.PLANNED_PAST: "planned_for",
    ClosingPart.PLANNED_FAR: "planned_for",
}


def read_report(form: Form, files: Sequence[Kept]) -> ClosingReport:
    """What the form reports.

    Raises:
        BadChoice: No outcome is chosen, the case's code is none, or the words are too many.
    """
    try:
        outcome = Outcome(form.text("outcome"))
    except ValueError:
        raise BadChoice("desk_outcome_missing") from None
    if len(form.text("text")) > LONGEST_WORDS:
        raise BadChoice("desk_text_too_long")
    ground, code = form.text("ground"), form.text("duplicate_of")[:40]
    duplicate_of = read_code(code) if code else None
    if outcome is Outcome.DUPLICATE and code and duplicate_of is None:
        raise BadChoice("closing_duplicate_unknown")
    return ClosingReport(
        outcome=outcome,
        text=form.text("text"),
        what=form.text("what"),
        unit=form.text("unit"),
        done_on=read_day(form.text("done_on")),
        planned_for=read_day(form.text("planned_for")),
        handed_to=form.text("handed_to"),
        is_handed_over=form.text("handed_over") == "yes",
        ground=Ground(ground) if ground in set(Ground) else None,
        basis=form.text("basis"),
        duplicate_of=duplicate_of,
        files=tuple(one.file for one in files),
    )


def read_day(text: str) -> date | None:
    """The day as the browser's field sends it (2026-11-22) or as people write it (22/11/2026); None for anything else."""
    parts = text.split("-") if "-" in text else text.split("/")[::-1]
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        return None
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        return None


def typed_closing(visit: Visit, form: Form, files: Sequence[Kept], lacks: Mapping[str, str] | None = None) -> Typed:
    """What was typed and chosen, files and all, for the page that shows it again."""
    return Typed(
        form="close",
        text=form.text("text"),
        outcome=form.text("outcome"),
        closing=ClosingTyped(
            fields=fields_of(form),
            lacks=lacks or {},
            files=[one.label for one in files],
            files_sealed=seal(visit, files),
        ),
    )


def fields_of(form: Form) -> dict[str, str]:
    """Those that hold anything."""
    return {name: value[:_LONGEST_FIELD] for name in FIELDS if (value := form.text(name))}


def lacks_of(visit: Visit, form: Form, parts: Sequence[ClosingPart]) -> dict[str, str]:
    """Each field that lacks something, with what to say there, in the order of the form."""
    found: dict[str, str] = {}
    for part in parts:
        said = visit.say(f"closing_missing_{part.value}")
        if part is ClosingPart.TOO_LONG:
            long = [name for name in ("what", "unit", "handed_to", "basis") if len(form.text(name)) > 300]
            found.update(dict.fromkeys(long, said))
        else:
            found.setdefault(_AT.get(part, part.value), said)
    return found
