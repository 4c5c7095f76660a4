"""Which faults a seed meets, and where: each is bound to the n-th time that its place is passed, so that it comes again.

The kinds are those of `KINDS`; a seed draws a few. Everything is over when the world is healed.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from random import Random

from tests.deterministic.disk import DiskFaults
from tests.deterministic.telegram import CALL_FAULTS, LOST, NetworkFaults

KILLED_WITHIN = 260  # steps of a process's life; few live longer in one seed
COMMITS, STATEMENTS = 20, 300  # that one seed has, roughly
CALLS = {"getUpdates": 6, "sendMessage": 8, "webhook": 8}
TURNS, PUSHES = 7, 7
SECONDS = 5.0  # in which what hangs on time begins

EVERY_NTH = (1, 2, 3, 5, 7)  # "every 3": so many-th call of each method fails, until the world is healed
REGULAR = ("429", "500", "garbage", "cut before", "cut after")  # one of these

KINDS = (
    "kill",
    "lost answer",  # the Bot API acted, and its answer did not come through
    "refused",  # 429, 5xx, garbage, slow: nothing was done, or nobody can tell
    "second poller",
    "failed commit",
    "unknown commit",  # kept, and reported as failed
    "failed statement",
    "busy",  # somebody else holds the database for some seconds
    "jump",  # of the machine's clock
    "outage",  # no network at all for a while
    "stop",  # SIGTERM, and a new start
    "raises",  # a turn that no dialogue takes: it is put aside, with an apology
    "disorder",  # an update comes twice, late, or before an earlier one
)


@dataclass
class Plan(DiskFaults, NetworkFaults):
    """What happens to one seed. `done` counts what did, by kind."""

    chance: Random
    kills: list[int] = field(default_factory=list)  # the step before which each life in turn ends; none left: it lives on
    calls: dict[tuple[str, int], str] = field(default_factory=dict)
    commits: dict[int, str] = field(default_factory=dict)
    statements: dict[int, str] = field(default_factory=dict)
    turns: list[int] = field(default_factory=list)
    pushes: dict[int, str] = field(default_factory=dict)
    every: int = 0  # so many-th call of each method fails; 0: none does
    poisoned: set[str] = field(default_factory=set)  # what turns can never be taken
    timed: list[tuple[float, str, float]] = field(default_factory=list)  # at which second, what, how much of it
    done: "Counter[str]" = field(default_factory=Counter)
    is_over: bool = False
    is_out: bool = False  # the network
    _passed: "Counter[str]" = field(default_factory=Counter)

    @classmethod
    def drawn(cls, chance: Random, kinds: Collection[str] = KINDS, most: int = 3) -> "Plan":
        """One to `most` faults of these kinds."""
        plan = cls(chance)
        if not kinds:
            return plan
        for _ in range(chance.randint(1, most)):
            plan.add(chance.choice(sorted(kinds)))
        return plan

    def add(self, kind: str) -> None:
        chance = self.chance
        if kind == "kill":
            self.kills.append(int(chance.expovariate(1 / KILLED_WITHIN)) + 2)
        elif kind == "lost answer":
            self.calls["sendMessage", chance.randint(1, CALLS["sendMessage"])] = chance.choice(LOST)
        elif kind == "refused":
            method = chance.choice(sorted(CALLS))
            self.calls[method, chance.randint(1, CALLS[method])] = chance.choice(CALL_FAULTS)
        elif kind in ("failed commit", "unknown commit"):
            self.commits[chance.randint(1, COMMITS)] = kind.partition(" ")[0].replace("failed", "before")
        elif kind == "failed statement":
            name = chance.choice(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_BUSY"))
            self.statements[chance.randint(1, STATEMENTS)] = name
        elif kind == "raises":
            self.turns.append(chance.randint(1, TURNS))
        elif kind.startswith("every "):
            self.every = int(kind.partition(" ")[2])
        elif kind == "disorder":
            self.pushes[chance.randint(1, PUSHES)] = chance.choice(("again", "late", "overtakes"))
        else:
            self.timed.append((chance.uniform(0.0, SECONDS), kind, chance.random()))

    def next_death(self) -> int:
        """For a process that begins: the step before which it dies; 0 when it may live."""
        return self.kills.pop(0) if self.kills and not self.is_over else 0

    def delay(self) -> float:
        return self.chance.uniform(0.001, 0.12)

    def call(self, method: str) -> str:
        if self.is_over:
            return ""
        if self.is_out:
            self.done["outage"] += 1
            return "cut before"
        self._passed[method] += 1
        what = self.calls.get((method, self._passed[method]), "")
        if self.every and not self._passed[method] % self.every:
            what = self.chance.choice(REGULAR)
        if what:
            self.done["lost answer" if what in LOST and method == "sendMessage" else "refused"] += 1
        return what

    def commit(self) -> str:
        if self.is_over:
            return ""
        self._passed["commit"] += 1
        what = self.commits.get(self._passed["commit"], "")
        if what:
            self.done["unknown commit" if what == "unknown" else "failed commit"] += 1
        return what

    def commit_delay(self) -> float:
        """Seconds that a commit takes; mostly none."""
        return self.chance.uniform(0.001, 0.02)

    def statement(self) -> str:
        if self.is_over or not self.statements:
            return ""
        self._passed["statement"] += 1
        what = self.statements.get(self._passed["statement"], "")
        if what:
            self.done["failed statement"] += 1
        return what

    def turn(self, about: str) -> None:
        """Called at the end of every turn. Raises for one of them, whenever it is tried again."""
        if not self.is_over and about not in self.poisoned:
            self._passed["turn"] += 1
            if self._passed["turn"] in self.turns:
                self.poisoned.add(about)
                self.done["raises"] += 1
        if about in self.poisoned:
            raise RuntimeError("simulated: nobody takes this turn")

    def push(self) -> str:
        if self.is_over:
            return ""
        self._passed["push"] += 1
        what = self.pushes.get(self._passed["push"], "")
        if what:
            self.done["disorder"] += 1
        return what
