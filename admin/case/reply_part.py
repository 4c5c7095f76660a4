"""What helps to write to a resident: their language, ready texts, one's own unsent drafts."""

from admin.case.parts import KeptDraft, ReplyPart, TemplateOption
from admin.guard import Visit
from bot.domain.case import Case
from bot.domain.rights import Right
from bot.ports import UnitOfWork
from bot.services.staff_change import residents_language


async def read_reply_part(visit: Visit, uow: UnitOfWork, case: Case) -> ReplyPart:
    """Three statements; for whoever may not answer only the language."""
    language = await residents_language(uow, case)
    if not visit.viewer.may(Right.ANSWER):
        return ReplyPart(language=language.value, templates=(), drafts={})
    found = await uow.templates.of(case.ward_code)
    drafts = await uow.drafts.get(visit.staff.id, case.id)
    return ReplyPart(
        language=language.value,
        templates=[TemplateOption(id=one.id, name=one.name, language=one.language.value) for one in found],
        drafts={
            form.value: KeptDraft(text=draft.text, at=draft.updated_at, fields=draft.fields)
            for form, draft in drafts.items()
        },
    )
