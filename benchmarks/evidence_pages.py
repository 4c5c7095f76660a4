"""Invented papers and screenshots: a form that stays, and words that change."""

from random import Random

from PIL import Image, ImageDraw

Colour = tuple[int, int, int]

_PAPER = (620, 860)  # pixels
_SCREEN = (540, 1140)
_SYLLABLES = (
    "ba",
    "cho",
    "den",
    "duong",
    "khu",
    "lam",
    "nam",
    "nguoi",
    "nha",
    "pho",
    "phuong",
    "rac",
    "sua",
    "thon",
    "viec",
    "yen",
)


def page(kind: str, form: Random, words: Random) -> Image.Image:
    """A "paper" or a "screenshot": what is printed follows from `form`, what is written from `words`."""
    return _paper(form, words) if kind == "paper" else _screenshot(form, words)


def _line(rng: Random, most: int) -> str:
    said = " ".join(rng.choice(_SYLLABLES) for _ in range(rng.randint(most // 8, most // 4)))
    return said.capitalize()[:most]


def _paper(form: Random, words: Random) -> Image.Image:
    wide, high = _PAPER
    white, black = form.randint(225, 250), form.randint(10, 60)
    image = Image.new("RGB", _PAPER, (white, white, white - form.randint(0, 18)))
    draw, ink = ImageDraw.Draw(image), (black, black, black + 10)
    draw.text((40, 30), _line(form, 24).upper(), fill=ink, font_size=form.randint(11, 14))
    draw.text((330, 30), "CONG HOA XA HOI CHU NGHIA", fill=ink, font_size=13)
    draw.text((wide / 2 - 110, 95), _line(form, 20).upper(), fill=ink, font_size=form.randint(18, 24))
    y, is_table = 145, form.random() < 0.4
    while y < high - 190:
        size = form.randint(12, 15)
        if is_table and 300 < y < 560:
            draw.line((40, y, wide - 40, y), fill=ink)
            for x in (40, 90, 330, 470, wide - 40):
                draw.line((x, y, x, y + 26), fill=ink)
            draw.text((96, y + 5), _line(words, 24), fill=(20, 30, 110), font_size=size)
            draw.text((340, y + 5), str(words.randint(1, 99999)), fill=(20, 30, 110), font_size=size)
            y += 26
        else:
            draw.text((40, y), _line(form, 18) + ":", fill=ink, font_size=size)
            draw.text((210, y), _line(words, 52), fill=(25, 35, 120) if form.random() < 0.5 else ink, font_size=size)
            y += size + form.randint(7, 14)
    _stamp(draw, words, (wide - 190, high - 150))
    return image


def _stamp(draw: ImageDraw.ImageDraw, words: Random, at: tuple[float, float]) -> None:
    x, y = at[0] + words.randint(-20, 20), at[1] + words.randint(-10, 10)
    for radius in (52, 46):
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=(200, 40, 50), width=3)
    points = [(x - 40 + step * 14, y + words.randint(-28, 28)) for step in range(9)]
    draw.line(points, fill=(30, 40, 140), width=2, joint="curve")
    draw.text((x - 50, y + 62), _line(words, 16), fill=(20, 20, 30), font_size=14)


def _screenshot(form: Random, words: Random) -> Image.Image:
    wide, high = _SCREEN
    is_dark = form.random() < 0.3
    ground, ink = ((24, 26, 30), (225, 225, 230)) if is_dark else ((238, 240, 244), (20, 22, 28))
    bar: Colour = (form.randint(0, 90), form.randint(60, 140), form.randint(120, 240))
    image = Image.new("RGB", _SCREEN, ground)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, wide, 36), fill=bar)
    draw.text((16, 8), f"{words.randint(6, 22):02}:{words.randint(0, 59):02}", fill=(255, 255, 255), font_size=17)
    draw.rectangle((0, 36, wide, 110), fill=bar)
    draw.text((70, 56), _line(words, 22), fill=(255, 255, 255), font_size=24)
    draw.polygon([(30, 72), (46, 58), (46, 86)], fill=(255, 255, 255))
    y = 130
    while y < high - 130:
        y += _bubble(image, draw, words, (y, wide), ink, bar) + 16
    draw.rectangle((0, high - 76, wide, high), fill=(250, 250, 250) if not is_dark else (40, 42, 48))
    for place in range(5):
        x = 44 + place * (wide - 88) / 4
        draw.ellipse((x - 15, high - 56, x + 15, high - 26), outline=bar, width=3)
    return image


def _bubble(
    image: Image.Image, draw: ImageDraw.ImageDraw, words: Random, at: tuple[int, int], ink: Colour, bar: Colour
) -> int:
    """A message, or a picture in the chat. How high it is."""
    y, wide = at
    is_mine, lines = words.random() < 0.4, words.randint(1, 4)
    if words.random() < 0.18:
        small = Image.frombytes("RGB", (14, 10), words.randbytes(420)).resize((280, 200), Image.Resampling.BICUBIC)
        image.paste(small, (40, y))
        return 200
    left, high = (wide - 400 if is_mine else 30), 22 + lines * 26
    fill = tuple((part + 2 * 255) // 3 for part in bar) if is_mine else (255, 255, 255) if ink[0] < 128 else (52, 55, 62)
    draw.rounded_rectangle((left, y, left + 370, y + high), 16, fill=fill)
    for line in range(lines):
        draw.text((left + 16, y + 10 + line * 26), _line(words, 34), fill=(20, 22, 28) if is_mine else ink, font_size=19)
    return high
