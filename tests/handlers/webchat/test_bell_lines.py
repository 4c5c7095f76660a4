"""What a web chat's page hears with: lines where all of them are told, and else the order to look."""

from datetime import UTC, datetime

from bot.bell import Bell, Shown
from bot.domain.people import Address, Channel
from bot.domain.reply import QueuedReply, Reply

LAN = Address(Channel.WEBCHAT, "lan")


def _line(number: int) -> QueuedReply:
    return QueuedReply(id=number, address=LAN, reply=Reply(text="."), attempts=0, created_at=datetime.now(UTC))


def test_lines_are_heard_once_and_together() -> None:
    bell = Bell()
    with bell.follow(LAN) as ear:
        bell.ring([LAN], {LAN: [_line(1)]})
        bell.ring([LAN], {LAN: [_line(2), _line(3)]})
        assert ear.is_set()
        assert [line.id for line in ear.take()] == [1, 2, 3]
        assert not ear.take()


def test_one_ring_that_does_not_say_why_makes_the_page_look() -> None:
    """A line that only the database has, a ring of another process, a timer: whatever else was told is not all."""
    bell = Bell()
    with bell.follow(LAN) as ear:
        unknowns: list[Shown] = [{LAN: [_line(2), None]}, {}, {LAN: []}]
        for unknown in unknowns:
            bell.ring([LAN], {LAN: [_line(1)]})
            bell.ring([LAN], unknown)
            bell.ring([LAN], {LAN: [_line(3)]})
            assert not ear.take()
        bell.ring([LAN], {LAN: [_line(4)]})
        assert [line.id for line in ear.take()] == [4]


def test_whoever_only_listens_is_woken_as_ever() -> None:
    bell = Bell()
    with bell.listen(LAN) as lan, bell.listen() as anybody, bell.follow(Address(Channel.WEBCHAT, "minh")) as minh:
        bell.ring([LAN], {LAN: [_line(1)]})
        assert lan.is_set()
        assert anybody.is_set()
        assert not minh.is_set()
