"""S10: how much memory the process takes that decodes pictures, at worst; the program beside it rests at 140 MB."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot import imaging
from bot.imaging import NotForUs, shown_copy
from bot.media_types import media_type_of
from tests.files.worst import BEYOND, LARGEST

MOST = 140 * 1024  # kB resident; of it some 10,000 are read from files, and others may use them too
WATCHED = """
import resource, subprocess, sys
made = subprocess.run([sys.executable, "-I", *sys.argv[1:]], stdin=sys.stdin, stdout=subprocess.PIPE)
print(made.returncode, len(made.stdout), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ru_maxrss is of another unit elsewhere")
@pytest.mark.parametrize("name", ["see-through", "progressive, few colours", "small file"])
def test_the_largest_picture_of_each_kind_is_copied_in_little_memory(name: str, tmp_path: Path) -> None:
    """Each took up to 262 MB when the original and its copy were held whole, side by side.

    The others are sent to the whole program by `python -m benchmarks.attacks --uploads`.
    """
    picture = tmp_path / "picture"
    picture.write_bytes(LARGEST[name]())
    format_name = media_type_of(picture.read_bytes()).removeprefix("image/").upper()
    with picture.open("rb") as given:
        said = subprocess.run(
            [sys.executable, "-c", WATCHED, str(imaging.__file__), format_name],
            stdin=given,
            capture_output=True,
            text=True,
            check=True,
        )
    code, size, most = map(int, said.stdout.split())
    assert code == 0
    assert size > 1000
    assert most < MOST


@pytest.mark.parametrize("name", ["too large", "progressive, too large"])
def test_a_little_larger_is_refused_by_its_header(name: str) -> None:
    data = BEYOND[name]()
    with pytest.raises(NotForUs):
        shown_copy(data, media_type_of(data).removeprefix("image/").upper())
