"""The dashboard's table as a file for a spreadsheet: a row a group, the total last. No name, no code, no word of a case."""

import io
from collections.abc import Sequence

from aiohttp import web

from admin.figures.lines import Line
from admin.guard import Visit
from bot.domain.figures import QUICK_MINUTES
from bot.domain.outcome import Outcome
from bot.exporting import as_cell, sheet

_NUMBERS = {
    "waiting": "dashboard_waiting",
    "overdue": "dashboard_overdue",
    "accepted": "dashboard_accepted",
    "closed": "dashboard_closed",
}
_TIMES = {
    "answer_median": "dashboard_col_answer_median",
    "answer_most": "dashboard_col_answer_most",
    "close_median": "dashboard_col_close_median",
    "close_most": "dashboard_col_close_most",
}
_MORE = (
    *("kept", "missed", "closings", "objections", "reopenings", "bare", "quick", "overrides", "untold"),
    *("postponed", "escalated", "moved", "undelivered"),
)
_NEEDS_THE_GATE = ("bare", "quick", "overrides")  # empty where no closing is known that closely


def as_csv(visit: Visit, name: str, lines: Sequence[Line]) -> web.Response:
    """With a byte order mark: the spreadsheets in use read Vietnamese only so."""
    written = io.StringIO()
    rows = sheet(written)
    rows.writerow(
        [
            visit.say("dashboard_by"),
            *(visit.say(key) for key in (*_NUMBERS.values(), *_TIMES.values())),
            *(visit.say(f"figures_outcome_{outcome.value}") for outcome in Outcome),
            *(visit.say(f"figures_{one}", minutes=QUICK_MINUTES) for one in _MORE),
        ]
    )
    for line in lines:
        rows.writerow([as_cell(line.name or visit.say("dashboard_total")), *_cells(line)])
    return web.Response(
        body=("\ufeff" + written.getvalue()).encode(),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="so-lieu_{name}.csv"'},
    )


def _cells(line: Line) -> list[int | str]:
    figures = line.figures
    unknown = _NEEDS_THE_GATE if figures.closings and not figures.told else ()
    times = [getattr(line, one) for one in _TIMES]
    return [
        *(getattr(figures, one) for one in _NUMBERS),
        *("" if hours is None else hours for hours in times),
        *(figures.outcomes.of(outcome) for outcome in Outcome),
        *("" if one in unknown else getattr(figures, one) for one in _MORE),
    ]
