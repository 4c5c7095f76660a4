"""S19: every act of the desk writes a row of the trail, or it stands here why it needs none.

A route that is added must be entered; an action that nobody records any more fails, as does one without words.
"""

import ast
from collections.abc import Iterator

from bot.domain.people import Language
from bot.wording import has
from tests.admin.conftest import sqlite_desk  # noqa: F401 - the desk of those tests
from tests.admin.desk import StaffDesk
from tests.house.imports import ROOT

CASE, SETTINGS, LEDGER = "/staff/cases/{code}", "/staff/settings", "/staff/campaign"
RECORDED = {
    "/staff/login": ("signed_in",),
    "/staff/login/code": ("signed_in", "second_factor_refused"),
    "/staff/authenticator": ("second_factor_set", "second_factor_off", "recovery_codes_made"),
    "/staff/sessions": ("session_ended", "signed_out_everywhere"),
    "/staff/logout": ("signed_out",),
    "/staff/password": ("password_changed",),
    "/staff/counter": ("case_assisted",),
    f"{SETTINGS}/neighbours": ("neighbour_added",),
    f"{SETTINGS}/neighbours/{{id}}": (
        "neighbour_tested",
        "neighbour_secret_made",
        "neighbour_secrets_dropped",
        "neighbour_disabled",
        "neighbour_enabled",
    ),
    f"{SETTINGS}/neighbours/{{id}}/replay": ("neighbour_replayed",),
    f"{SETTINGS}/neighbours/keys": ("api_key_added",),
    f"{SETTINGS}/neighbours/keys/{{id}}/revoke": ("api_key_revoked",),
    "/staff/trouble/updates": ("trouble_tried_again", "trouble_discarded"),
    "/staff/trouble/replies": ("trouble_tried_again", "trouble_discarded"),
    "/staff/reports/bulletin": ("bulletin_changed", "bulletin_begun_anew"),
    "/staff/reports/export": ("cases_exported",),
    "/staff/reports/register": ("register_made",),
    "/staff/reports/review": ("review_written",),
    "/staff/reports/review/document": ("review_made",),
    "/staff/bulk": ("case_assigned", "case_moved", "case_answered"),
    "/staff/bulk/undo": ("taken_back_moved", "taken_back_noted"),
    f"{CASE}/reply": ("case_answered",),
    f"{CASE}/note": ("case_noted",),
    f"{CASE}/attach": ("case_noted",),
    f"{CASE}/close": ("case_closed", "closing_proposed"),
    f"{CASE}/proposal": ("case_closed", "proposal_returned"),
    f"{CASE}/postpone": ("case_postponed", "postponing_proposed"),
    f"{CASE}/move": ("case_moved",),
    f"{CASE}/take": ("case_taken",),
    f"{CASE}/handback": ("case_handed_back",),
    f"{CASE}/assign": ("case_assigned",),
    f"{CASE}/link": ("case_linked",),
    f"{CASE}/unlink": ("case_unlinked",),
    f"{CASE}/merge": ("case_merged",),
    f"{CASE}/part": ("case_parted",),
    f"{CASE}/split": ("case_split",),
    f"{CASE}/dispute": ("case_disputed",),
    f"{CASE}/wish": ("wish_forget", "wish_contact_ended"),
    f"{CASE}/told": ("case_told",),
    f"{CASE}/again": ("case_sent_again",),
    f"{CASE}/reached": ("case_reached",),
    f"{CASE}/board": ("board_tied",),
    f"{LEDGER}/setting": ("ledger_decided",),
    f"{LEDGER}/boards": ("board_put_up",),
    f"{LEDGER}/boards/{{id}}/look": ("board_looked_at",),
    f"{LEDGER}/boards/{{id}}/change": ("board_changed",),
    f"{LEDGER}/entries": ("ledger_entered",),
    f"{LEDGER}/entries/{{id}}/strike": ("ledger_struck",),
    f"{LEDGER}/groups": ("groups_entered",),
    f"{LEDGER}/groups/{{id}}/drop": ("group_dropped",),
    f"{LEDGER}/praises": ("praise_entered",),
    f"{LEDGER}/praises/{{id}}/whom": ("praise_changed",),
    f"{LEDGER}/praises/{{id}}/consent": ("praise_consent",),
    f"{LEDGER}/praises/{{id}}/decision": ("praise_decided",),
    f"{CASE}/publish": (
        *("publication_proposed", "publication_approved", "publication_returned"),
        "publication_taken_down",
    ),
    "/staff/published": ("publication_taken_down",),
    f"{CASE}/bar": ("case_staff_excluded",),
    f"{CASE}/letin": ("case_staff_let_in",),
    f"{CASE}/pause": ("resident_paused", "resident_resumed"),
    f"{CASE}/identity": ("identity_asked",),
    f"{CASE}/decision": ("identity_granted", "identity_refused"),
    f"{CASE}/look": ("identity_opened",),
    f"{SETTINGS}/people": ("staff_added",),
    f"{SETTINGS}/people/{{id}}": ("staff_placed",),
    f"{SETTINGS}/people/{{id}}/reset": ("password_reset",),
    f"{SETTINGS}/people/{{id}}/disable": ("staff_disabled",),
    f"{SETTINGS}/people/{{id}}/code": ("second_factor_reset",),
    f"{SETTINGS}/people/{{id}}/sessions": ("signed_out_everywhere",),
    f"{SETTINGS}/keeping": ("keeping_changed",),
    f"{SETTINGS}/absences": ("absence_made",),
    f"{SETTINGS}/absences/{{id}}/end": ("absence_ended",),
    f"{SETTINGS}/notices": ("notices_chosen",),
    f"{SETTINGS}/notices/link": ("chat_link_begun",),
    f"{SETTINGS}/notices/{{id}}/unlink": ("chat_unlinked",),
    f"{SETTINGS}/templates": ("template_made",),
    f"{SETTINGS}/templates/{{id}}": ("template_changed",),
    f"{SETTINGS}/holidays": ("holiday_set",),
    f"{SETTINGS}/holidays/forget": ("holiday_forgotten",),
    f"{SETTINGS}/deadlines": ("deadline_changed",),
    f"{SETTINGS}/wards/{{ward}}": ("ward_settings_changed",),
}
NOT_RECORDED = {
    "/staff/views": "a view one saved for oneself; it shows no more than its owner may see",
    "/staff/views/remove": "as above",
    "/staff/reports/work/stop": "what one asked for and does not want any more; that one asked is recorded",
    "/staff/reports/review/draft": "one's own words that were not saved for anybody else",
    f"{CASE}/template": "puts a ready sentence into one's own form; nothing is sent",
    f"{CASE}/preview": "shows one's own words as the resident would read them",
    f"{CASE}/draft": "one's own words that were not sent",
    f"{CASE}/presence": "that a page is open; forgotten within a minute",
}


def recorded() -> Iterator[str]:
    """Every text in a module that records something: the actions are among them. what is reckoned, by its beginning."""
    for path in [*(ROOT / "bot" / "services").glob("*.py"), ROOT / "bot" / "commands.py", *(ROOT / "admin").rglob("*.py")]:
        source = path.read_text(encoding="utf-8")
        if "audit.record(" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


async def test_every_act_of_the_desk_is_recorded_or_it_is_said_why_not(sqlite_desk: StaffDesk) -> None:  # noqa: F811
    acts = {
        route.resource.canonical
        for route in sqlite_desk.server.app.router.routes()
        if route.resource and route.method not in ("GET", "HEAD") and route.resource.canonical.startswith("/staff")
    }
    assert len(acts) > 40
    assert acts == RECORDED.keys() | NOT_RECORDED.keys()
    assert not RECORDED.keys() & NOT_RECORDED.keys()


def test_every_action_is_recorded_somewhere_and_has_words() -> None:
    """The inspector reads them, in both languages."""
    known = set(recorded())
    assert len(known) > 100
    actions = {action for some in RECORDED.values() for action in some}
    reckoned = tuple(text for text in known if text.endswith("_") and len(text) > 4)  # "case_", "taken_back_"
    assert {action for action in actions if action not in known and not action.startswith(reckoned)} == set()
    assert {(action, tongue) for action in actions for tongue in Language if not has(tongue, f"audit_{action}")} == set()
