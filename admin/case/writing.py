"""What the reply form's other buttons do: a ready text, what it will look like, and drafts that outlive the page."""

from collections.abc import Sequence
from dataclasses import replace

from aiohttp import web

from admin.case.closing import refuse_closing
from admin.case.closing_form import fields_of, lacks_of, read_report, typed_closing
from admin.case.evidence import look_at, reason_of
from admin.case.parts import PreviewPart
from admin.case_page import asked_code, build_page
from admin.counter.photos import Kept, carried, files_of
from admin.guard import Visit
from admin.pages import Typed
from admin.troubles import field_of
from admin.uploads import FORM_LIMITS, NotKept
from bot.domain.capabilities import CAPABILITIES
from bot.domain.case import Case, CaseCode
from bot.domain.city_day import city_day
from bot.domain.closing import ClosingReport, missing_parts, trimmed
from bot.domain.people import Language
from bot.domain.rights import Right
from bot.domain.splitting import pieces
from bot.domain.staffing import DraftForm, StaffDraft
from bot.domain.templating import fill
from bot.errors import BotError
from bot.services.answer_case import answer_text
from bot.services.closing_words import closing_text
from bot.services.rate_case import closing_choices
from bot.services.staff_change import LONGEST_WORDS, office_name, residents_language
from bot.web import keys, render
from bot.web.forms import Form, read_form


async def post_template(visit: Visit) -> web.StreamResponse:
    """The page once more, with a ready text behind what was typed; nothing is sent."""
    code = asked_code(visit.request)
    async with read_form(visit.request, token=visit.session.form_token, limits=FORM_LIMITS) as form:
        typed = _typed(form)
        number = form.number("template")
    async with visit.request.app[keys.STORAGE].reading() as uow:
        case = await uow.cases.visible(visit.viewer.wanting(Right.ANSWER), code)
        if case is None:
            raise web.HTTPNotFound
        known = [one for one in await uow.templates.of(case.ward_code) if one.id == number]
    page = await build_page(visit, code)
    if not known:
        key = "desk_case_template_missing"
        page = replace(page, typed=typed, trouble=visit.say(key), trouble_at=field_of(key))
        return render(visit.request, "staff/case.html", page, status=400)
    template = known[0]
    filled = fill(template.text, _values(visit, case, template.language))
    text = f"{typed.text}\n\n{filled}" if typed.text else filled
    return render(visit.request, "staff/case.html", replace(page, typed=replace(typed, text=text)))


async def post_preview(visit: Visit) -> web.StreamResponse:
    """The page once more, with what the resident would see; nothing is sent."""
    code = asked_code(visit.request)
    async with read_form(visit.request, token=visit.session.form_token, limits=FORM_LIMITS) as form:
        typed = _typed(form)
        if typed.form == DraftForm.CLOSE.value:
            return await _preview_closing(visit, code, form)
    async with visit.request.app[keys.STORAGE].reading() as uow:
        case = await uow.cases.visible(visit.viewer.wanting(Right.ANSWER), code)
        if case is None:
            raise web.HTTPNotFound
        language = await residents_language(uow, case)
    page = await build_page(visit, code)
    if not typed.text or len(typed.text) > LONGEST_WORDS:
        key = "text_is_empty" if not typed.text else "desk_text_too_long"
        page = replace(page, typed=typed, trouble=visit.say(key), trouble_at=field_of(key))
        return render(visit.request, "staff/case.html", page, status=400)
    shown = replace(page, typed=typed, preview=preview_of(visit, case, typed, language))
    return render(visit.request, "staff/case.html", shown)


async def _preview_closing(visit: Visit, code: CaseCode, form: Form) -> web.StreamResponse:
    """What the resident would read and see, and all that is missing; the chosen files are kept."""
    async with visit.request.app[keys.STORAGE].reading() as uow:
        case = await uow.cases.visible(visit.viewer.wanting(Right.CLOSE), code)
        if case is None:
            raise web.HTTPNotFound
        language = await residents_language(uow, case)
    files: Sequence[Kept] = carried(visit, form)
    try:
        files = await files_of(visit, form)
        report = trimmed(read_report(form, files))
    except (BotError, NotKept) as refused:
        return await refuse_closing(visit, code, form, files, refused)
    lacks = lacks_of(visit, form, missing_parts(report, city_day(visit.now, visit.request.app[keys.SETTINGS].zone)))
    looked = await look_at(visit, code, report.files, reason_of(form), shows_all=True)
    typed = replace(typed_closing(visit, form, files, lacks), look=looked.look)
    page = await build_page(visit, code)
    preview = preview_of(visit, case, typed, language, report)
    others = [file.name or "" for file in report.files if not file.shown_key]
    shown = replace(page, typed=typed, preview=replace(preview, pictures=looked.pictures, files=others))
    return render(visit.request, "staff/case.html", shown)


def preview_of(
    visit: Visit, case: Case, typed: Typed, language: Language, report: ClosingReport | None = None
) -> PreviewPart:
    """As the case's channel shows it: the answer that was typed, or the closing that is reported."""
    wards = visit.request.app[keys.WARDS]
    choices: Sequence[str] = ()
    if report is not None:
        text = closing_text(language, case, report, wards)
        choices = [choice.label for row in closing_choices(language, case) for choice in row]
    else:
        text = answer_text(language, case, typed.text, wards, asks=typed.asks)
    channel = case.address.channel
    can = CAPABILITIES[channel]
    return PreviewPart(
        channel_key=f"desk_channel_{channel.value}",
        language=language.value,
        pieces=pieces(text, can.longest_text) if can.longest_text else [text],
        choices=choices,
        is_numbered=not can.has_buttons,
    )


async def post_draft(visit: Visit) -> web.StreamResponse:
    """Keep what was typed and go back to the case; the page's script only wants to know that it was kept."""
    code = asked_code(visit.request)
    async with read_form(visit.request, token=visit.session.form_token, limits=FORM_LIMITS) as form:
        typed, fields = _typed(form), fields_of(form)
    storage = visit.request.app[keys.STORAGE]
    async with storage.begin() as uow:
        case = await uow.cases.visible(visit.viewer, code)
        if case is None or not visit.viewer.may(Right.NOTE):
            raise web.HTTPNotFound
        is_closing = typed.form == DraftForm.CLOSE.value
        chosen = {"outcome": typed.outcome[:20]} if is_closing and typed.outcome else {}
        draft = StaffDraft(
            staff_id=visit.staff.id,
            case_id=case.id,
            form=DraftForm(typed.form),
            text=typed.text[:LONGEST_WORDS],
            updated_at=visit.now,
            fields=fields | chosen if is_closing else {},
        )
        await uow.drafts.put(draft)
        await uow.commit()
    if "application/json" in visit.request.headers.get("Accept", ""):
        return web.Response(status=204)
    raise web.HTTPSeeOther(f"/staff/cases/{code}?done=draft")


def _typed(form: Form) -> Typed:
    named = form.text("as")
    known = {DraftForm.REPLY.value, DraftForm.NOTE.value, DraftForm.CLOSE.value}
    return Typed(
        form=named if named in known else DraftForm.REPLY.value,
        text=form.text("text"),
        outcome=form.text("outcome"),
        asks=form.text("asks") == "yes",
    )


def _values(visit: Visit, case: Case, language: Language) -> dict[str, str]:
    app = visit.request.app
    due = case.due_at.astimezone(app[keys.SETTINGS].zone)
    return {
        "ma": case.code,
        "phuong": office_name(language, case.ward_code, app[keys.WARDS]),
        "han": f"{due:%d/%m/%Y}",
        "ten_canbo": visit.staff.full_name,
    }
