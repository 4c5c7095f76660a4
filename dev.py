#!/usr/bin/env python3
"""Set up once, then start: `python3 dev.py run [--demo]`, `python3 dev.py test [pytest arguments]`.

Needs only python3 >= 3.11 with venv. `python3 dev.py sbom` prints the list of parts (CycloneDX) from the lock; any other
word is a `homthu` command: `python3 dev.py check`. The stamp holds the
lock's digest, so the second start installs nothing and needs no network.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
LOCK = HERE / "requirements.lock"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def stop(what: str, mend: str) -> None:
    sys.exit(f"dev.py: {what}\n        {mend}")


def set_up() -> None:
    """Make `.venv` and install exactly what the lock names, unless the stamp says that this was done."""
    stamp = VENV / "installed"
    wanted = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted and PYTHON.exists():
        return
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        stop("this Python has no venv module.", "Debian and Ubuntu: apt-get install python3-venv")
    print("Setting up .venv (once; a minute or two) …", file=sys.stderr, flush=True)
    venv.create(VENV, with_pip=True, clear=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--quiet"]
    done = subprocess.run([*pip, "--root-user-action", "ignore", "--require-hashes", "-r", str(LOCK)], check=False)
    if done.returncode:
        stop("the packages could not be installed.", "See pip's lines above; it needs a package index the first time.")
    stamp.write_text(wanted)


def parts_list() -> str:
    """Every package of the lock as CycloneDX 1.6 JSON, each with the SHA-256 of every file that may be installed of it."""
    parts = []
    for block in re.split(r"\n(?=[a-z0-9])", LOCK.read_text(encoding="utf-8").strip()):
        before, _, after = block.partition("==")
        name, version = before.partition("[")[0], re.split(r"[\s;\\]", after)[0]
        where = f"pkg:pypi/{name}@{version}"
        hashes = [{"alg": "SHA-256", "content": found} for found in re.findall(r"--hash=sha256:([0-9a-f]{64})", block)]
        parts.append(
            {"type": "library", "bom-ref": where, "name": name, "version": version, "purl": where, "hashes": hashes}
        )
    about = {"component": {"type": "application", "bom-ref": "homthu", "name": "homthu"}}
    bill = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": about, "components": parts}
    return json.dumps(bill, indent=1)


def main() -> None:
    if sys.version_info < (3, 11):
        stop(f"Python {sys.version.split()[0]} is too old.", "Install Python 3.11 or newer and start dev.py with it.")
    words = sys.argv[1:]
    if not words or words[0] in ("-h", "--help"):
        sys.exit(__doc__)
    if words == ["sbom"]:
        print(parts_list())
        return
    set_up()
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(HERE), os.environ.get("PYTHONPATH"))))
    module = ["pytest", "-c", str(HERE / "pyproject.toml"), *words[1:]] if words[0] == "test" else ["bot", *words]
    if words[0] == "test":
        os.chdir(HERE)
    os.execv(PYTHON, [str(PYTHON), "-m", *module])


if __name__ == "__main__":
    main()
