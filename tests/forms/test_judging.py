"""The judge of refused forms sees what is wrong with one: its silence about ours means something."""

import pytest

from tests.forms.hostile import Post
from tests.forms.judging import complaints
from tests.forms.served import Knob, ServedPage

GOOD = """<html lang="vi"><main id="main">
<p class="message" role="alert" data-testid="trouble"><a href="#words">Bạn chưa viết gì.</a></p>
<form method="post" action="/x" data-testid="x-form"><input type="text" name="who" value="Lan &lt;b&gt;">
<textarea id="words" name="text" maxlength="9" aria-invalid="true" aria-describedby="words-trouble">
dài</textarea><span id="words-trouble">Bạn chưa viết gì.</span><button>Gửi</button></form></main>"""
POST = Post("x", "", b"", {"who": b"Lan <b>", "text": "dài".encode()})


def told(text: str, *, status: int = 400, language: str = "vi", post: Post = POST) -> list[str]:
    [form] = ServedPage(GOOD).forms
    return list(complaints(Knob("x-form", "/x", "", ""), form, post, status, ServedPage(text), language))


def test_a_good_refusal_passes() -> None:
    assert told(GOOD) == []
    assert told("", status=303) == []


@pytest.mark.parametrize(
    ("there", "here", "said"),
    [
        (' aria-invalid="true"', "", "no field is marked"),
        ('id="words-trouble">Bạn chưa viết gì.', 'id="words-trouble">', "nothing is said beside"),
        (' aria-describedby="words-trouble"', "", "nothing is said beside"),
        ('href="#words"', 'href="#elsewhere"', "the summary leads to"),
        (' data-testid="trouble"', "", "nothing is said above the form"),
        ("Lan &lt;b&gt;", "Lan", "who had"),
        ("\ndài", "\n", "text had"),
        ('data-testid="x-form"', 'data-testid="y-form"', "the form is gone"),
        ('lang="vi"', 'lang="en"', "in the language"),
        ("<p class", "<script>alert(1)</script><p class", "acts on the page"),
    ],
)
def test_whatever_is_missing_is_seen(there: str, here: str, said: str) -> None:
    assert there in GOOD
    found = told(GOOD.replace(there, here))
    assert found
    assert any(said in complaint for complaint in found), found


@pytest.mark.parametrize("status", [500, 502, 201, 302])
def test_an_answer_that_nobody_promised_is_seen(status: int) -> None:
    assert len(told(GOOD, status=status)) == 1


def test_what_is_too_long_for_a_field_comes_back_as_far_as_it_goes() -> None:
    words = "dài" * 10
    post = Post("x", "", b"", {"text": words.encode()})
    assert told(GOOD.replace("\ndài", f"\n{words[:9]}"), post=post) == []
    assert told(GOOD.replace("\ndài", f"\n{words[:5]}"), post=post) != []
