"""`python bot/prints words|asked|compare|taken`: a question on the input, an answer of one JSON line.

`words` and `asked` read a shown copy (JPEG); `compare` reads two, the first one's length before them as eight bytes;
`taken` reads an original and is told its format. Exit codes as `bot.imaging`'s: 0 answered, 1 not a picture for us.
"""

import json
import sys
from pathlib import Path

# It is run with -I, which keeps everybody else's modules out, ours too.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.imaging import limit_this_process

LENGTH = 8  # bytes


def answer(question: str, data: bytes, format_name: str) -> object:
    """What is asked of these bytes. Raises whatever the picture makes Pillow raise."""
    if question == "taken":
        from bot.prints.taken import taken

        return taken(data, format_name)
    from bot.prints.grey import read_grey

    if question == "compare":
        from bot.prints.alignment import compare

        middle = LENGTH + int.from_bytes(data[:LENGTH], "big")
        return compare(read_grey(data[LENGTH:middle]), read_grey(data[middle:]))
    from bot.prints.words import asked_words, words_of

    image = read_grey(data)
    return sorted(asked_words(image) if question == "asked" else {word for word, _x, _y in words_of(image)})


def main() -> int:
    limit_this_process()
    try:
        found = answer(sys.argv[1], sys.stdin.buffer.read(), sys.argv[2] if len(sys.argv) > 2 else "")
    except Exception:  # a hostile picture may raise anything; nobody reads why
        return 1
    sys.stdout.write(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
