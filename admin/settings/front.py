"""The settings' first page: what this member may set, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from admin.guard import Visit
from admin.pages import Frame
from bot.domain.rights import Right
from bot.ports import Viewer
from bot.services.setting import may_set_city
from bot.web import render

HOME = "/staff/settings"


@dataclass(frozen=True, slots=True)
class Section:
    """A page of the settings. `path` follows `/staff/settings/`."""

    path: str
    title_key: str
    text_key: str


@dataclass(frozen=True, kw_only=True)
class SettingsPage:
    """Everything `staff/settings/front.html` may use."""

    frame: Frame
    sections: Sequence[Section]


def sections_of(viewer: Viewer) -> list[Section]:
    """Those this viewer has something to do in."""
    has_wards = viewer.may(Right.SETTINGS_WARD) or may_set_city(viewer)
    wanted = (
        (has_wards, Section("wards", "settings_wards", "settings_wards_text")),
        (may_see_people(viewer), Section("people", "settings_people", "settings_people_text")),
        (True, Section("absences", "settings_absences", "settings_absences_text")),
        (may_be_told(viewer), Section("notices", "settings_notices", "settings_notices_text")),
        (has_wards, Section("templates", "settings_templates", "settings_templates_text")),
        (may_set_city(viewer), Section("holidays", "settings_holidays", "settings_holidays_text")),
        (may_set_city(viewer), Section("deadlines", "settings_deadlines", "settings_deadlines_text")),
        (may_set_city(viewer), Section("keeping", "settings_keeping", "settings_keeping_text")),
        (viewer.may(Right.OPERATE), Section("neighbours", "settings_neighbours", "settings_neighbours_text")),
    )
    return [section for is_theirs, section in wanted if is_theirs]


def may_be_told(viewer: Viewer) -> bool:
    """In a chat of their own: of cases, or (operators) of what stopped by itself."""
    return viewer.may(Right.READ_CASE) or viewer.may(Right.OPERATE)


def may_see_people(viewer: Viewer) -> bool:
    return viewer.may(Right.ACCOUNTS) or viewer.may(Right.NAME_RESTRICTED)


async def show_settings(visit: Visit) -> web.StreamResponse:
    page = SettingsPage(frame=visit.frame, sections=sections_of(visit.viewer))
    return render(visit.request, "staff/settings/front.html", page)
