"""An event loop without a machine below it: its time is simulated, and of several handles that are ready chance takes one.

Every handle belongs to the process whose context it was made in. A process that is killed is never stepped again: its
handles are dropped where they stand, whatever they were in the middle of.
"""

import asyncio
import heapq
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from itertools import count
from random import Random
from typing import Any, ClassVar

MOST_STEPS = 400_000  # of one seed; a loop that spins without letting time go on ends here


class Stuck(Exception):
    """Nothing is ready and nothing is planned, or nothing but handles without end."""


class Life:
    """A process as the loop sees it: whether it lives, and the step before which it is to die (0: never)."""

    is_burying: ClassVar[bool] = False  # what goes wrong meanwhile goes wrong for a dead process

    def __init__(self, name: str, *, dies_at: int = 0, killed: Callable[[], None] = lambda: None) -> None:
        self.name = name
        self.is_dead = False
        self.steps = 0
        self.dies_at = dies_at
        self._killed = killed  # what else is gone with it
        self.tasks: list[asyncio.Task[Any]] = []

    def kill(self) -> None:
        """Nothing of it runs any more, and nothing it holds in memory is ever written."""
        self._killed()
        self.end()

    def end(self) -> None:
        """The same, when nobody needs to know."""
        self.is_dead = Life.is_burying = True
        for task in self.tasks:
            if task.done():
                task.cancelled() or task.exception()  # whoever would have looked at it is gone
            else:
                task._log_destroy_pending = False  # type: ignore[attr-defined]  # nobody is to wonder at it
                _bury(task.get_coro())
        for waiter in (task._fut_waiter for task in self.tasks):  # type: ignore[attr-defined]  # what it waited for
            if waiter is not None and waiter.done() and not waiter.cancelled():
                waiter.exception()
        self.tasks.clear()
        Life.is_burying = False

    def start(self, coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run it as a part of this process."""
        context = copy_context()
        context.run(LIFE.set, self)
        return context.run(asyncio.get_running_loop().create_task, coroutine)


LIFE: ContextVar[Life | None] = ContextVar("life", default=None)


def _bury(coroutine: Any) -> None:
    """End a coroutine that will never be resumed; what it still does on the way out, it does for a dead process."""
    for _ in range(8):
        try:
            coroutine.close()
            return
        except BaseException:  # it awaits something on its way out
            continue


class _Task(asyncio.Task[Any]):
    """Sets of tasks are walked in the same order every time: hashed by a number, not by where memory was free."""

    def __init__(self, *values: Any, **options: Any) -> None:
        self._number = next(_numbers)
        super().__init__(*values, **options)

    def __hash__(self) -> int:
        return self._number


_numbers = count()


class _Handle:
    """What asyncio's own handles are asked for, without the half of them that is for debugging."""

    __slots__ = ("_args", "_callback", "_cancelled", "_context", "_when")

    def __init__(self, callback: Callable[..., Any], args: tuple[Any, ...], context: Context | None, when: float) -> None:
        self._callback = callback
        self._args = args
        self._cancelled = False
        self._context = copy_context() if context is None else context  # one with nothing in it is false
        self._when = when

    def cancel(self) -> None:
        self._cancelled = True
        self._callback = self._args = None  # type: ignore[assignment]  # what it held may go

    def cancelled(self) -> bool:
        return self._cancelled

    def when(self) -> float:
        return self._when


class SimulatedLoop(asyncio.BaseEventLoop):
    """See the module. `chance` decides what runs next."""

    def __init__(self, chance: Random) -> None:
        super().__init__()
        self._chance = chance.random
        self._now = 0.0
        self.steps = 0
        self._next: list[_Handle] = []
        self._later: list[tuple[float, int, _Handle]] = []
        self._planned = count()

    def time(self) -> float:
        return self._now

    def call_soon(  # type: ignore[override]  # a handle of our own
        self, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> _Handle:
        handle = _Handle(callback, args, context, 0.0)
        self._next.append(handle)
        return handle

    def call_later(  # type: ignore[override]  # as above
        self, delay: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> _Handle:
        return self.call_at(self._now + delay, callback, *args, context=context)

    def call_at(  # type: ignore[override]  # as above
        self, when: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> _Handle:
        handle = _Handle(callback, args, context, when)
        heapq.heappush(self._later, (when, next(self._planned), handle))
        return handle

    def create_task(self, coro: Any, **options: Any) -> asyncio.Task[Any]:
        task = _Task(coro, loop=self, **options)
        life = LIFE.get()
        if life is not None:
            life.tasks.append(task)
        return task

    def _run_once(self) -> None:
        ready = self._next
        if not ready:
            self._let_time_pass(ready)
        while ready and not self._stopping:  # type: ignore[attr-defined]  # asyncio's own
            waiting = len(ready)
            handle = ready.pop() if waiting == 1 else ready.pop(int(self._chance() * waiting))
            if not handle._cancelled:
                self._step(handle)

    def _step(self, handle: _Handle) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise Stuck(f"{self.steps} steps, and it is {self._now:.3f}")
        context = handle._context
        life = context.get(LIFE)
        if life is not None:
            if life.is_dead:
                return
            life.steps += 1
            if life.steps == life.dies_at:
                life.kill()
                return
        try:
            context.run(handle._callback, *handle._args)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            self.call_exception_handler({"message": f"in {handle._callback}", "exception": error})

    def _let_time_pass(self, ready: list[_Handle]) -> None:
        later = self._later
        while later:
            when, _, handle = heapq.heappop(later)
            if handle._cancelled or ((life := handle._context.get(LIFE)) is not None and life.is_dead):
                continue
            self._now = max(self._now, when)
            ready.append(handle)
            break
        else:
            raise Stuck(f"nothing will ever happen again; it is {self._now:.3f}")
        while later and later[0][0] <= self._now:
            handle = heapq.heappop(later)[2]
            if not handle._cancelled:
                ready.append(handle)

    def _write_to_self(self) -> None:
        """Nobody sleeps who would have to be woken."""

    def _asyncgen_finalizer_hook(self, agen: Any) -> None:
        """What a killed process left open is not tidied up by anybody."""

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """There are no threads."""

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]  # it never runs
        raise AssertionError(f"{func} wants a thread, which is not to be had here")
