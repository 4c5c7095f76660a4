"""Turns our SVG drawings into PNG for formats that take no SVG, 200 dots an inch; typst draws, as it does in the PDF."""

import json
from collections.abc import Sequence
from typing import Any

from bot.papers.blocks import Picture
from bot.papers.fonts import fonts

DOTS = 200  # an inch
_MM = 25.4
# One picture a page, as large as it stands in the document.
_PAGES = """#let it = json(bytes(sys.inputs.data))
#set page(margin: 0mm)
#for one in it {
  page(width: one.width * 1mm, height: one.height * 1mm, image(bytes(one.svg), format: "svg", width: 100%, height: 100%))
}"""


def as_png(pictures: Sequence[Picture]) -> list[bytes]:
    """A PNG each, in their order."""
    import typst

    if not pictures:
        return []
    data = [{"svg": one.svg, "width": one.width, "height": one.height} for one in pictures]
    made: Any = typst.compile(
        _PAGES.encode(),
        font_paths=fonts(),
        format="png",
        ppi=DOTS,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return [made] if isinstance(made, bytes) else list(made)  # one page comes as it is, and its stubs know no other
