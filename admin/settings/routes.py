"""The addresses of the settings."""

from aiohttp import web

from admin.guard import for_staff
from admin.settings.absences import ABSENCES, post_absence, post_end, show_absences
from admin.settings.deadlines import DEADLINES, post_deadline, show_deadlines
from admin.settings.front import HOME, show_settings
from admin.settings.holidays import HOLIDAYS, post_forgotten, post_holiday, show_holidays
from admin.settings.keeping import KEEPING, post_keeping, show_keeping
from admin.settings.neighbour import post_neighbour_act, post_replay, show_neighbour
from admin.settings.neighbours import NEIGHBOURS, post_key, post_neighbour, post_revoked, show_neighbours
from admin.settings.notices import CODES, NOTICES, THROTTLE, post_choices, post_link, post_unlink, show_notices
from admin.settings.people import PEOPLE, post_person, show_people
from admin.settings.person import (
    post_disable,
    post_end_sessions,
    post_place,
    post_reset,
    post_second_factor,
    show_person,
)
from admin.settings.texts import TEXTS, post_changed_text, post_text, show_text, show_texts
from admin.settings.wards import WARDS, post_ward, show_ward, show_wards
from bot.web.throttle import Throttle


def add_settings_routes(app: web.Application) -> None:
    """Add them to an application that has the desk."""
    app[THROTTLE] = Throttle(CODES, 15)
    for path, show in (
        (HOME, show_settings),
        (WARDS, show_wards),
        (f"{WARDS}/{{ward}}", show_ward),
        (PEOPLE, show_people),
        (f"{PEOPLE}/{{id}}", show_person),
        (ABSENCES, show_absences),
        (NOTICES, show_notices),
        (TEXTS, show_texts),
        (f"{TEXTS}/{{id}}", show_text),
        (HOLIDAYS, show_holidays),
        (DEADLINES, show_deadlines),
        (KEEPING, show_keeping),
        (NEIGHBOURS, show_neighbours),
        (f"{NEIGHBOURS}/{{id}}", show_neighbour),
    ):
        app.router.add_get(path, for_staff(show))
    for path, post in (
        (f"{WARDS}/{{ward}}", post_ward),
        (PEOPLE, post_person),
        (f"{PEOPLE}/{{id}}", post_place),
        (f"{PEOPLE}/{{id}}/reset", post_reset),
        (f"{PEOPLE}/{{id}}/disable", post_disable),
        (f"{PEOPLE}/{{id}}/code", post_second_factor),
        (f"{PEOPLE}/{{id}}/sessions", post_end_sessions),
        (ABSENCES, post_absence),
        (f"{ABSENCES}/{{id}}/end", post_end),
        (NOTICES, post_choices),
        (f"{NOTICES}/link", post_link),
        (f"{NOTICES}/{{id}}/unlink", post_unlink),
        (TEXTS, post_text),
        (f"{TEXTS}/{{id}}", post_changed_text),
        (HOLIDAYS, post_holiday),
        (f"{HOLIDAYS}/forget", post_forgotten),
        (DEADLINES, post_deadline),
        (KEEPING, post_keeping),
        (NEIGHBOURS, post_neighbour),
        (f"{NEIGHBOURS}/keys", post_key),
        (f"{NEIGHBOURS}/keys/{{id}}/revoke", post_revoked),
        (f"{NEIGHBOURS}/{{id}}", post_neighbour_act),
        (f"{NEIGHBOURS}/{{id}}/replay", post_replay),
    ):
        app.router.add_post(path, for_staff(post))
