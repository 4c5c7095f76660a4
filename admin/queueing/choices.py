"""What one may choose from beside the queue: ready views with their counts, selects of the filter form, what is on."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from admin.case_page import ward_options
from admin.guard import QUEUE, Visit
from admin.labels import capital, category_name, kind_key, sorting_key
from admin.queueing.address import MINE, NOBODY, Ask, Status, is_id
from admin.queueing.pages import Choice, Chosen, Option, ViewLink
from admin.queueing.rows import ward_label
from bot.domain.case import CaseKind, Desk
from bot.domain.people import WARD_ROLES, Channel, Role, StaffMember
from bot.domain.queueing import COUNT_CAP, QueueCounts, Sort
from bot.domain.staffing import SavedView
from bot.domain.ward import WardCode
from bot.understanding.categories import load_categories
from bot.web import keys

# Name, address, the field of QueueCounts, whether a number there is a warning.
_VIEWS: Sequence[tuple[str, Mapping[str, str], str, bool]] = (
    ("desk_queue_view_open", {}, "open", False),
    ("desk_queue_view_mine", {"owner": MINE}, "mine", False),
    ("desk_queue_view_unowned", {"owner": NOBODY}, "unowned", False),
    ("desk_queue_view_late", {"due": "late"}, "late", True),
    ("desk_queue_view_today", {"due": "today"}, "today", True),
    ("desk_queue_view_emergency", {"emergency": "1"}, "emergency", True),
    ("desk_queue_view_undelivered", {"undelivered": "1", "status": "all"}, "undelivered", True),
    ("desk_queue_view_closed", {"status": "closed"}, "", False),
)
_DESKS: Mapping[Role, Sequence[Desk]] = {
    Role.WARD_LEADER: (Desk.GENERAL, Desk.RESTRICTED),
    Role.RESTRICTED_OFFICER: (Desk.GENERAL, Desk.RESTRICTED),
    Role.CITY_COORDINATOR: (Desk.UNPLACED, Desk.LEADERS, Desk.DISPUTED),
    Role.INSPECTOR: tuple(Desk),
}


def address_of(ask: Ask, **more: object) -> str:
    """The queue's page that shows this; `more` goes behind (a place, a tick)."""
    parts = [ask.query, *(f"{name}={value}" for name, value in more.items())]
    query = "&".join(filter(None, parts))
    return f"{QUEUE}?{query}" if query else QUEUE


def ready_views(ask: Ask, counts: QueueCounts) -> list[ViewLink]:
    """The views that everybody has. A view of nothing is left out where its number could only alarm."""
    found = []
    for key, query, counted, is_warning in _VIEWS:
        view = Ask.read(query)
        count = getattr(counts, counted) if counted else 0
        if count or view == ask or not is_warning:
            found.append(
                ViewLink(
                    wording_key=key,
                    name="",
                    address=address_of(view),
                    count=count_words(count) if counted else "",
                    is_here=view == ask,
                    is_warning=is_warning and count > 0,
                )
            )
    return found


def count_words(count: int) -> str:
    """ "10 000+" for what was not counted to its end."""
    return f"{COUNT_CAP:,}+".replace(",", "\u202f") if count > COUNT_CAP else f"{count:,}".replace(",", "\u202f")


def saved_views(ask: Ask, views: Sequence[SavedView]) -> list[ViewLink]:
    """One's own. An address that was kept is read like any other: what no longer exists in it is dropped."""
    found = []
    for view in views:
        kept = read_query(view.query)
        found.append(
            ViewLink(wording_key="", name=view.name, address=address_of(kept), count="", is_here=kept == ask, id=view.id)
        )
    return found


def read_query(text: str) -> Ask:
    """An address's query as it was kept or sent in a form."""
    try:
        return Ask.read(dict(parse_qsl(text[:2_000], max_num_fields=40)))
    except ValueError:
        return Ask()


def selects(visit: Visit, ask: Ask, colleagues: Sequence[StaffMember]) -> list[Choice]:
    """The selects that make sense for this member: one of a ward has no wards to choose from."""
    found = [
        _choice("status", "desk_queue_status", [(value, visit.say(f"desk_queue_status_{value}")) for value in Status], ask),
        _choice("owner", "desk_queue_owner", _owners(visit, colleagues), ask),
        _choice("kind", "desk_fact_kind", [(kind, visit.say(kind_key(kind))) for kind in CaseKind], ask),
        _choice("category", "desk_fact_category", _categories(visit), ask),
        _choice("channel", "desk_fact_channel", [(name, visit.say(f"desk_channel_{name}")) for name in Channel], ask),
    ]
    if desks := _DESKS.get(visit.staff.role):
        found.append(_choice("desk", "desk_fact_desk", [(desk, visit.say(f"desk_desk_{desk}")) for desk in desks], ask))
    if visit.staff.role not in WARD_ROLES:
        wards = ward_options(visit.language, visit.request.app[keys.WARDS])
        found.append(_choice("ward", "desk_fact_ward", [(ward.code, ward.name) for ward in wards], ask))
    return found


def sorts(visit: Visit, ask: Ask) -> list[Option]:
    return [Option(value=s, label=visit.say(f"desk_queue_sort_{s}"), is_chosen=ask.order is s) for s in Sort]


def what_is_on(visit: Visit, ask: Ask, colleagues: Sequence[StaffMember]) -> list[Chosen]:
    """Each filter in words, with the way to take it away."""
    names = {str(member.id): member.full_name for member in colleagues}
    words = {
        "q": f"“{ask.q}”",
        "due": visit.say(f"desk_queue_view_{ask.due}") if ask.due else "",
        "owner": names.get(ask.owner) or visit.say(f"desk_queue_owner_{'other' if is_id(ask.owner) else ask.owner or MINE}"),
        "desk": visit.say(f"desk_desk_{ask.desk}") if ask.desk else "",
        "kind": visit.say(kind_key(ask.kind)) if ask.kind else "",
        "category": category_name(ask.category, visit.language),
        "ward": capital(ward_label(visit, WardCode(ask.ward))) if ask.ward else "",
        "channel": visit.say(f"desk_channel_{ask.channel}") if ask.channel else "",
        "emergency": visit.say("desk_queue_view_emergency"),
        "disputed": visit.say("desk_queue_disputed"),
        "undelivered": visit.say("desk_queue_view_undelivered"),
    }
    return [Chosen(words=words[name], address=address_of(ask.without(name))) for name in ask.narrowing]


def _choice(name: str, wording_key: str, values: Sequence[tuple[str, str]], ask: Ask) -> Choice:
    here = str(getattr(ask, name) or "")
    options = [Option(value=str(value), label=label, is_chosen=str(value) == here) for value, label in values]
    return Choice(name=name, wording_key=wording_key, options=options)


def _owners(visit: Visit, colleagues: Sequence[StaffMember]) -> list[tuple[str, str]]:
    others = [member for member in colleagues if member.id != visit.staff.id and not member.is_disabled]
    return [
        (MINE, visit.say("desk_queue_owner_me")),
        (NOBODY, visit.say("desk_queue_owner_none")),
        *((str(member.id), member.full_name) for member in others),
    ]


def _categories(visit: Visit) -> list[tuple[str, str]]:
    names = [(category, category_name(category, visit.language)) for category in load_categories()]
    return sorted(names, key=lambda pair: sorting_key(pair[1]))
