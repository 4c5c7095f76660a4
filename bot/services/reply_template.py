"""Keep ready texts for answers: the city's for everybody, a ward's for its own staff."""

from dataclasses import replace
from datetime import datetime

from bot.domain.people import Language, StaffMember
from bot.domain.staffing import NewTemplate, Template
from bot.domain.templating import unknown_variables
from bot.domain.ward import WardCode
from bot.ports import UnitOfWork, Viewer
from bot.services.setting import (
    BadFields,
    GoneMeanwhile,
    NotAllowed,
    may_set_city,
    may_set_ward,
    one_line,
    trouble_with_line,
)

LONGEST_NAME, LONGEST_TEXT = 80, 4000  # characters


def may_set_templates(viewer: Viewer, ward_code: WardCode | None) -> bool:
    return may_set_city(viewer) if ward_code is None else may_set_ward(viewer, ward_code)


async def make_template(
    uow: UnitOfWork, *, staff: StaffMember, viewer: Viewer, template: NewTemplate, now: datetime
) -> Template:
    """Add it.

    Raises:
        NotAllowed: They keep neither this ward's texts nor the city's.
        BadFields: `name` or `text`.
    """
    new = replace(template, name=one_line(template.name), text=template.text.strip())
    if not may_set_templates(viewer, new.ward_code):
        raise NotAllowed(ward=new.ward_code)
    _check(new)
    made = await uow.templates.add(new)
    await uow.audit.record(
        action="template_made",
        now=now,
        staff_id=staff.id,
        subject=new.ward_code or "",
        details={"template": made.id, "after": _told(made)},
    )
    return made


async def change_template(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    viewer: Viewer,
    template_id: int,
    name: str,
    language: Language,
    text: str,
    is_active: bool,
    now: datetime,
) -> Template:
    """Write it anew, or put it away (`is_active` False).

    Raises:
        GoneMeanwhile: There is none.
        NotAllowed, BadFields: See `make_template`.
    """
    before = await uow.templates.get(template_id)
    if before is None:
        raise GoneMeanwhile(template=template_id)
    if not may_set_templates(viewer, before.ward_code):
        raise NotAllowed(ward=before.ward_code)
    after = replace(before, name=one_line(name), language=language, text=text.strip(), is_active=is_active)
    _check(after)
    await uow.templates.change(after)
    await uow.audit.record(
        action="template_changed",
        now=now,
        staff_id=staff.id,
        subject=before.ward_code or "",
        details={"template": before.id, "before": _told(before), "after": _told(after)},
    )
    return after


def _check(template: NewTemplate) -> None:
    troubles = {}
    if key := trouble_with_line(template.name, LONGEST_NAME, is_needed=True):
        troubles["name"] = key
    if key := trouble_with_line(template.text, LONGEST_TEXT, is_needed=True):
        troubles["text"] = key
    elif unknown_variables(template.text):
        troubles["text"] = "desk_case_template_unknown"
    if troubles:
        raise BadFields(**troubles)


def _told(template: NewTemplate) -> dict[str, str | bool]:
    return {
        "name": template.name,
        "language": template.language.value,
        "text": template.text,
        "is_active": template.is_active,
    }
