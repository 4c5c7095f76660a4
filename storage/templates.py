"""Ready texts for answers: the city's, and each ward's own."""

from typing import Any

from sqlalchemy import Row, bindparam, insert, or_, select, true, update

from bot.domain.people import Language
from bot.domain.staffing import NewTemplate, Template
from bot.domain.ward import WardCode
from storage.link import Link
from storage.tables import templates
from storage.types import Id

_add = insert(templates).returning(templates)
_get = select(templates).where(templates.c.id == bindparam("template", type_=Id))
_change = (
    update(templates)
    .where(templates.c.id == bindparam("template", type_=Id))
    .values({name: bindparam(f"new_{name}") for name in ("name", "language", "text", "is_active")})
)
_of = (
    select(templates)
    .where(or_(templates.c.ward_code.is_(None), templates.c.ward_code == bindparam("ward")))
    .order_by(templates.c.name, templates.c.id)
)
_active_of = _of.where(templates.c.is_active == true())


class SqlTemplates:
    """See `bot.ports.Templates`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def add(self, template: NewTemplate) -> Template:
        [row] = await self._link.rows(_add, {"ward_code": template.ward_code, **_values(template)})
        return _template(row)

    async def change(self, template: Template) -> bool:
        new = {f"new_{name}": value for name, value in _values(template).items()}
        return bool(await self._link.run(_change, {"template": template.id, **new}))

    async def get(self, template_id: int) -> Template | None:
        row = await self._link.row(_get, {"template": template_id})
        return _template(row) if row else None

    async def of(self, ward_code: WardCode | None, *, inactive_too: bool = False) -> list[Template]:
        rows = await self._link.rows(_of if inactive_too else _active_of, {"ward": ward_code})
        return [_template(row) for row in rows]


def _values(template: NewTemplate) -> dict[str, Any]:
    return {
        "name": template.name,
        "language": template.language.value,
        "text": template.text,
        "is_active": template.is_active,
    }


def _template(row: Row[Any]) -> Template:
    return Template(
        id=row.id,
        ward_code=WardCode(row.ward_code) if row.ward_code else None,
        name=row.name,
        language=Language(row.language),
        text=row.text,
        is_active=row.is_active,
    )
