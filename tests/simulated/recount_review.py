"""A review counted again from the events alone, over the lives that `recount` walks. Nothing of `storage.reviewing` is used.

What a life does not tell (its kind, its ward's name for it, what its resident thought) comes from rows that nothing changes
after they were written.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from tests.simulated.record import AskedReview, Record
from tests.simulated.recount import Life, may_see, since, waits


def recounted(record: Record, lives: dict[int, Life], asked: AskedReview) -> dict[str, Any]:
    """By the names of `Counted`: groups to their facts by name, and the numbers beside them."""
    found: dict[str, Any] = {name: {} for name in ("total", "kinds", "categories", "wards", "channels")}
    found |= {"joined": 0, "hidden": 0, "wordless": 0, "resolved": 0, "unresolved": 0, "stars": Counter()}
    for case in record.cases:
        life = lives[case.id]
        if asked.ward and life.ward != asked.ward:
            continue
        is_seen = asked.who is None or ((case.id, asked.who.id) not in record.barred and may_see(asked.who, life))
        is_of_term = asked.start <= life.filed_at < asked.end
        if not is_seen or life.has_joined:
            if is_of_term:
                found["joined" if is_seen else "hidden"] += 1
            continue
        facts = waits(life, case.due_at, asked.late_at)
        if is_of_term:
            facts += since(life, case.due_at, asked.late_at)
            found["wordless"] += bool(case.erased_at or case.faded_at)
            _rated(found, record, case.id)
        groups = {"total": "", "kinds": case.kind, "categories": life.category, "wards": life.ward}
        for table, key in (groups | {"channels": life.channel}).items():
            for name, value in facts:
                group = found[table].setdefault(key, {})
                group[name] = group.get(name, type(value)()) + value
    return found


def _rated(found: dict[str, Any], record: Record, case_id: int) -> None:
    for rating in record.ratings:
        if rating.case_id == case_id:
            found["resolved" if rating.is_resolved else "unresolved"] += 1
            if rating.stars:
                found["stars"][rating.stars] += 1


def differences(
    counted: Any, wanted: dict[str, Any], compare: Callable[[str, Any, dict[str, Any]], Iterator[str]], where: str
) -> Iterator[str]:
    """Every figure of the review that is not what the recount says."""
    yield from compare(f"{where} in all", counted.total, wanted["total"].get("", {}))
    for table in ("kinds", "categories", "wards", "channels"):
        told = getattr(counted, table)
        for key in sorted({*told, *wanted[table]}):
            yield from compare(f"{where} {table} {key!r}", told.get(key), wanted[table].get(key, {}))
    for name in ("joined", "hidden", "wordless", "resolved", "unresolved"):
        if getattr(counted, name) != wanted[name]:
            yield f"{where}: {name} is {getattr(counted, name)}, counted {wanted[name]}"
    if Counter(dict(counted.stars)) != wanted["stars"]:
        yield f"{where}: stars are {dict(counted.stars)}, counted {dict(wanted['stars'])}"
