"""Ready texts for answers: the list, making one, changing one or putting it away."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from admin.guard import Visit
from admin.pages import Frame
from admin.settings.choices import LANGUAGES, ward_of, ward_options
from admin.settings.fields import Field, Typed, ask
from admin.settings.forms import change, is_saved, number_in_path
from bot.domain.people import WARD_ROLES, Language
from bot.domain.staffing import NewTemplate, Template
from bot.domain.ward import WardCode
from bot.ports import UnitOfWork
from bot.services.reply_template import (
    LONGEST_NAME,
    LONGEST_TEXT,
    change_template,
    make_template,
    may_set_templates,
)
from bot.services.setting import BadFields, may_set_city, may_set_ward
from bot.web import keys, render
from bot.web.forms import Form

TEXTS = "/staff/settings/templates"
FORM = "template-form"


@dataclass(frozen=True, slots=True)
class TextLine:
    """A ready text of the list."""

    name: str
    place: str  # a ward's name; empty for the city's
    language: str
    is_active: bool
    path: str  # empty where it cannot be changed


@dataclass(frozen=True, kw_only=True)
class TextsPage:
    """Everything `staff/settings/templates.html` may use."""

    frame: Frame
    texts: Sequence[TextLine]
    fields: Sequence[Field]
    trouble_key: str
    is_saved: bool


@dataclass(frozen=True, kw_only=True)
class TextPage:
    """Everything `staff/settings/template.html` may use."""

    frame: Frame
    name: str
    action: str
    fields: Sequence[Field]
    trouble_key: str
    is_saved: bool


async def show_texts(visit: Visit) -> web.StreamResponse:
    return await _show_all(visit, Typed())


async def post_text(visit: Visit) -> web.StreamResponse:
    async def act(uow: UnitOfWork, form: Form) -> None:
        template = NewTemplate(
            ward_code=_chosen_ward(visit, form),
            name=form.text("name"),
            language=_chosen_language(form),
            text=form.text("text"),
        )
        await make_template(uow, staff=visit.staff, viewer=visit.viewer, template=template, now=visit.now)

    return await change(visit, FORM, act, _show_all, then=TEXTS)


async def show_text(visit: Visit) -> web.StreamResponse:
    return await _show_one(visit, Typed())


async def post_changed_text(visit: Visit) -> web.StreamResponse:
    number = number_in_path(visit, "id")

    async def act(uow: UnitOfWork, form: Form) -> None:
        await change_template(
            uow,
            staff=visit.staff,
            viewer=visit.viewer,
            template_id=number,
            name=form.text("name"),
            language=_chosen_language(form),
            text=form.text("text"),
            is_active=form.text("is_active") == "yes",
            now=visit.now,
        )

    return await change(visit, FORM, act, _show_one, then=f"{TEXTS}/{number}")


def _chosen_language(form: Form) -> Language:
    try:
        return Language(form.text("language"))
    except ValueError:
        raise BadFields(language="settings_choice_unknown") from None


def _chosen_ward(visit: Visit, form: Form) -> WardCode | None:
    code = form.text("ward")
    return visit.request.app[keys.WARDS][code].code if code else None


async def _show_all(visit: Visit, typed: Typed) -> web.Response:
    wards = visit.request.app[keys.WARDS]
    theirs = [ward for ward in wards if may_set_ward(visit.viewer, ward.code)]
    if not theirs:
        raise web.HTTPForbidden
    # The city's texts, and those of the wards one belongs to; who keeps the whole city's settings sees the city's.
    own = {one.ward_code for one in visit.viewer.standings() if one.role in WARD_ROLES}
    async with visit.request.app[keys.STORAGE].reading() as uow:
        found = {template.id: template for ward in own or {None} for template in await _of(uow, ward)}
    page = TextsPage(
        frame=visit.frame,
        texts=[_line(visit, template) for template in found.values()],
        fields=[_ward_field(visit, typed), *_fields(typed, None)],
        trouble_key=typed.about(FORM),
        is_saved=is_saved(visit),
    )
    return render(visit.request, "staff/settings/templates.html", page)


async def _of(uow: UnitOfWork, ward_code: WardCode | None) -> list[Template]:
    return await uow.templates.of(ward_code, inactive_too=True)


async def _show_one(visit: Visit, typed: Typed) -> web.Response:
    number = number_in_path(visit, "id")
    async with visit.request.app[keys.STORAGE].reading() as uow:
        template = await uow.templates.get(number)
    if template is None or not may_set_templates(visit.viewer, template.ward_code):
        raise web.HTTPNotFound
    page = TextPage(
        frame=visit.frame,
        name=template.name,
        action=f"{TEXTS}/{template.id}",
        fields=_fields(typed, template),
        trouble_key=typed.about(FORM),
        is_saved=is_saved(visit),
    )
    return render(visit.request, "staff/settings/template.html", page)


def _line(visit: Visit, template: Template) -> TextLine:
    return TextLine(
        template.name,
        ward_of(visit, template.ward_code),
        template.language.value,
        template.is_active,
        f"{TEXTS}/{template.id}" if may_set_templates(visit.viewer, template.ward_code) else "",
    )


def _ward_field(visit: Visit, typed: Typed) -> Field:
    theirs = [ward for ward in visit.request.app[keys.WARDS] if may_set_ward(visit.viewer, ward.code)]
    options = ward_options(visit, theirs, "settings_whole_city" if may_set_city(visit.viewer) else "")
    return ask(typed, FORM, "ward", "settings_for_whom", kind="select", options=options)


def _fields(typed: Typed, kept: Template | None) -> list[Field]:
    name, text = (kept.name, kept.text) if kept else ("", "")
    language = kept.language.value if kept else Language.VI.value
    hint = "settings_template_hint"
    fields = [
        ask(typed, FORM, "name", "settings_template_name", kept=name, longest=LONGEST_NAME, is_needed=True),
        ask(typed, FORM, "language", "settings_language", kept=language, kind="select", options=LANGUAGES),
        ask(
            typed,
            FORM,
            "text",
            "settings_template_text",
            kept=text,
            kind="textarea",
            hint_key=hint,
            longest=LONGEST_TEXT,
            is_needed=True,
        ),
    ]
    if kept:
        is_active = "yes" if kept.is_active else ""
        fields.append(ask(typed, FORM, "is_active", "settings_template_active", kept=is_active, kind="tick"))
    return fields
