"""What we ship holds no secret, every part of it is listed, and what we tell operators to run has no rights to spare."""

import importlib.util
import json
import random
import re
import shutil
import string
import subprocess

import pytest

from tests.house.imports import ROOT
from tests.house.secrets import secrets_in

UNITS = ("homthu.service", "homthu-work@.service", "homthu-backup.service")
CONTAINER = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
PROXY = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
UNREADABLE = (".png", ".jpg", ".ico", ".woff2", ".csv", "requirements.lock")  # pictures, places, hashes
MUST_BE_SET = {
    "DynamicUser": "yes",
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "MemoryDenyWriteExecute": "yes",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    "RestrictNamespaces": "yes",
    "RestrictSUIDSGID": "yes",
    "UMask": "0077",
    "StateDirectory": "homthu",
    "StateDirectoryMode": "0700",
    "LimitCORE": "0",
}


def shipped() -> list[str]:
    """Every file that is in the repository; without git (a copy of the folder) every one there is."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0:
        return [name for name in listed.stdout.decode().split("\0") if name]
    apart = {".venv", ".git", "data", "demo-data"}
    every = [path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file()]
    return [str(path) for path in every if not apart & set(path.parts) and "__pycache__" not in path.parts]


def test_no_file_holds_a_secret() -> None:
    """S25: looked at in every file we ship, the tests too: a real token ends up in a test as easily as anywhere."""
    found, read = [], 0
    for name in shipped():
        path = ROOT / name
        if name.endswith(UNREADABLE) or not path.is_file():
            continue
        read += 1
        found += [f"{name}:{line} {what}" for line, what in secrets_in(path.read_text(encoding="utf-8", errors="replace"))]
    assert read > 500
    assert found == []


def planted(draw: random.Random) -> list[str]:
    """One of each kind, drawn here and now: written out they would be found in this very file."""

    def letters(n: int, of: str = string.ascii_letters + string.digits) -> str:
        return "aB3" + "".join(draw.choices(of, k=n - 3))

    big = "".join(draw.choices(string.ascii_uppercase + string.digits, k=16))
    return [
        f"{draw.randrange(10**8, 10**10)}:{letters(35)}",
        "-----BEGIN " + f"PRIVATE KEY-----\n{letters(64)}",
        "-----BEGIN EC " + f"PRIVATE KEY-----\n{letters(64)}",
        "ghp_" + letters(36),
        "AKIA" + big,
        "AIza" + letters(35),
        "xoxb-" + letters(30),
        f"eyJ{letters(20)}.eyJ{letters(30)}.{letters(43)}",
        f'HOMTHU_SECRET_KEY="{letters(43)}"',
        f"  telegram_token: {letters(40)}",
        f"password={letters(32)}",
    ]


def test_a_secret_that_was_planted_is_found_on_its_line() -> None:
    for seed in range(20):
        for secret in planted(random.Random(seed)):
            found = list(secrets_in(f"# a harmless line\nx = {secret}\n"))
            assert found, (seed, secret)
            assert found[0][0] == 2, (seed, secret)


def test_every_part_is_in_the_list_of_parts() -> None:
    """S25: as CycloneDX, each with the digests that the lock allows."""
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    assert spec
    assert spec.loader
    dev = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(dev)
    bill = json.loads(dev.parts_list())
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    pins = dict(re.findall(r"^([a-z0-9-]+)==([^\s;\\]+)", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.M))
    assert len(pins) > 50
    assert set(pins) == {part["name"] for part in bill["components"]}  # some in two versions, by Python's own
    assert all(part["hashes"] and part["purl"].startswith("pkg:pypi/") for part in bill["components"])
    assert len({part["bom-ref"] for part in bill["components"]}) == len(bill["components"]) >= len(pins)


@pytest.mark.parametrize("unit", UNITS)
def test_the_service_has_no_right_to_spare(unit: str) -> None:
    """S25: an account of its own, its own folders, no way to more; where systemd is installed, its own judgement too."""
    lines = (ROOT / "deploy" / unit).read_text(encoding="utf-8")
    given = dict(line.split("=", 1) for line in lines.splitlines() if "=" in line and not line.startswith("#"))
    given["StateDirectory"] = given["StateDirectory"].removesuffix(" homthu-backups")
    assert {name: given.get(name) for name in MUST_BE_SET} == MUST_BE_SET
    assert "SystemCallFilter=@system-service\nSystemCallFilter=~@privileged\n" in lines
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed here")
    asked = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(ROOT / "deploy" / unit)]
    judged = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout[-200:]


def test_the_container_is_nobody_and_takes_only_what_the_lock_names() -> None:
    assert re.search(r"^USER (\d+):\1$", CONTAINER, re.M)
    assert "--require-hashes -r requirements.lock" in CONTAINER
    assert "--only-binary :all:" in CONTAINER
    assert "HEALTHCHECK" in CONTAINER
    assert "--read-only" in CONTAINER
    copied = set(re.findall(r"^COPY (\w+) /app/", CONTAINER, re.M))
    assert copied == {"bot", "handlers", "storage", "admin", "public"}


def test_the_proxy_keeps_nothing_of_a_resident() -> None:
    """1.3: no address, user agent or referrer in its log; what it passes on is one address, for counting in memory."""
    [shape] = re.findall(r"log_format homthu '(.*)';", PROXY)
    kept = set(re.findall(r"\$\w+", shape))
    assert kept == {"$time_iso8601", "$request_method", "$status", "$body_bytes_sent", "$request_time"}
    assert set(re.findall(r"access_log ([^;]+);", PROXY)) == {"off", "/var/log/nginx/homthu.log homthu"}
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in PROXY
