"""A QR code as SVG, to stand in a page: black on white whatever the page's colours, for cameras read nothing else well."""

from markupsafe import Markup


def qr_svg(text: str, title: str) -> Markup:
    """The code of this text. It has no size of its own: the page's stylesheet gives it one.

    Args:
        text: What a camera reads; an address of a few hundred characters at most.
        title: What is said in its place to who cannot see it.
    """
    import segno  # a megabyte that only a page with a code needs

    code = segno.make(text, error="m", micro=False)
    drawn = code.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None, title=title)
    return Markup(drawn.replace("<svg ", '<svg role="img" ', 1))  # noqa: S704 - made of squares, its title escaped by segno
