"""What the selects of the settings offer, in the page's language."""

from collections.abc import Iterable

from admin.guard import Visit
from admin.labels import capital, sorting_key
from admin.settings.fields import Option
from bot.domain.people import Language, Role, StaffMember, Unit
from bot.domain.ward import Ward
from bot.routing.wards import Wards
from bot.services.staff_change import ward_name
from bot.web import keys

LANGUAGES = (Option(value=Language.VI.value, label="Tiếng Việt"), Option(value=Language.EN.value, label="English"))


def role_options(visit: Visit, roles: Iterable[Role]) -> list[Option]:
    return [Option(value=role.value, label=visit.say(role_key(role))) for role in roles]


def role_key(role: Role) -> str:
    return f"settings_role_{role.value}"


def unit_options(visit: Visit) -> list[Option]:
    return [Option(value=unit.value, label=visit.say(unit_key(unit))) for unit in Unit]


def unit_key(unit: Unit) -> str:
    return f"settings_unit_{unit.value or 'none'}"


def ward_options(visit: Visit, wards: Iterable[Ward], none_key: str = "") -> list[Option]:
    """By name; with `none_key`, "none of them" first."""
    found = [Option(value=ward.code, label=capital(ward_name(visit.language, ward))) for ward in wards]
    none = [Option(value="", label=visit.say(none_key))] if none_key else []
    return none + sorted(found, key=lambda option: sorting_key(option.label))


def every_ward(visit: Visit) -> list[Option]:
    """All of them, and none."""
    wards: Wards = visit.request.app[keys.WARDS]
    return ward_options(visit, wards, "settings_no_ward")


def people_options(staff: Iterable[StaffMember]) -> list[Option]:
    """Those whose account is open, by name; the user name tells two of one name apart."""
    open_ones = sorted((one for one in staff if not one.is_disabled), key=lambda one: sorting_key(one.full_name))
    none = [Option(value="", label="—")]
    return none + [Option(value=one.username, label=f"{one.full_name} ({one.username})") for one in open_ones]


def ward_label(visit: Visit, member: StaffMember) -> str:
    """The ward somebody belongs to; empty for the city's."""
    return ward_of(visit, member.ward_code)


def ward_of(visit: Visit, code: str | None) -> str:
    """A ward's name in the page's language; empty for none."""
    wards = visit.request.app[keys.WARDS]
    return ward_name(visit.language, wards[code]) if code and code in wards else ""
