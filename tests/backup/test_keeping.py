"""Which backups of a folder stay, and how old the last one is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.archive.keeping import Record, keys_beside, last_backup, made_at, name_at, remember, too_many

NIGHT = datetime(2026, 11, 22, 19, tzinfo=UTC)


def nightly(nights: int) -> list[str]:
    return [name_at(NIGHT - timedelta(days=number)) for number in range(nights)]


def test_the_newest_and_one_of_each_week_before_them_stay() -> None:
    names = nightly(90)
    gone = too_many([*names, "homthu.keys", "letter.txt", "homthu-1.homthu"], keep=7)
    kept = [name for name in names if name not in gone]
    assert kept[:7] == names[:7]
    weeks = [made.isocalendar()[:2] for name in kept[7:] if (made := made_at(name))]
    assert len(weeks) == len(set(weeks)) == 4
    assert set(gone) < set(names), "only what this program named is ever deleted"


def test_kept_night_after_night_the_weeks_grow_old() -> None:
    """As it is really run: thinned out after each night. Four weeks back there is still something."""
    folder: set[str] = set()
    for number in range(120):
        folder.add(name_at(NIGHT + timedelta(days=number)))
        folder -= set(too_many(folder, keep=7))
        assert len(folder) <= 11
    ages = sorted((NIGHT + timedelta(days=119) - made).days for name in folder if (made := made_at(name)))
    assert ages[:7] == list(range(7))
    assert ages[-1] >= 21


def test_the_last_backup_is_remembered_and_rubbish_is_none(tmp_path: Path) -> None:
    assert last_backup(tmp_path) is None
    record = Record(NIGHT, "/backups/monday", 12, 1.5)
    remember(tmp_path, record)
    assert last_backup(tmp_path) == record
    (tmp_path / "backup.json").write_text("{", encoding="utf-8")
    assert last_backup(tmp_path) is None


def test_the_keys_lie_in_the_folders_one_file_or_beside_a_backup_of_its_own_name(tmp_path: Path) -> None:
    assert keys_beside(tmp_path / name_at(NIGHT)) == tmp_path / "homthu.keys"
    assert keys_beside(tmp_path / "monday") == tmp_path / "monday.keys"
