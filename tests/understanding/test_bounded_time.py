"""However long or odd a text is, understanding it takes bounded time."""

import time

import pytest

from bot.understanding import understand_text

HUGE = 100_000  # characters
MOST = 3.0  # seconds of the processor; it takes about a tenth of that


@pytest.mark.parametrize(
    "unit",
    [
        "cháy hàng ",
        "rác ",
        "nhờ cán bộ ",
        "đề nghị kiểm tra ",
        "hồ sơ bị ngâm ",
        "con … bị ",
        "bé bị bị bị ",
        "0912345678 ",
        "0 ",
        "1-",
        "29A-123.45 ",
        "a@a.",
        "không ",
        "(+",
        "?!.",
        "\u202eabc ",
        "🔥",
        "\ud800",
        "\x00",
        "ạ" * 50 + " ",
        "the fire is ",
        "pa-1a-",
        "mã a",
        "x",
        "e\u0301",
    ],
)
def test_a_huge_text_of_anything_takes_bounded_time(unit: str) -> None:
    text = (unit * (HUGE // len(unit) + 1))[:HUGE]
    start = time.process_time()
    understand_text(text)
    assert time.process_time() - start < MOST


def test_danger_at_either_end_of_a_huge_text_is_heard() -> None:
    filler = "và rồi " * 20_000
    assert understand_text(f"cháy nhà! {filler}").is_emergency
    assert understand_text(f"{filler} cháy nhà!").is_emergency
    assert not understand_text(filler).is_emergency
