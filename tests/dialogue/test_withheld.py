"""Whose words a messenger withholds: children, people with a disability. They are told of other ways, now and then."""

from datetime import timedelta

from bot.domain.incoming import IncomingKind
from bot.domain.people import Channel
from bot.services.city import City
from handlers.dialogue import make_dialogue
from handlers.dialogue.withheld import TOLD_EVERY
from storage import Database
from tests.dialogue.driver import Resident


async def unsupported(lan: Resident) -> str:
    """What she hears of something that cannot be read."""
    return "\n".join(reply.text for reply in await lan.gives(lan.incoming(IncomingKind.UNSUPPORTED)))


async def test_other_ways_are_told_once_in_some_hours(database: Database, city: City) -> None:
    """Never asked to write it again: the counter, a helper, what to call in danger; the ward's own once it is known."""
    lan = Resident(database, make_dialogue(city), "Lan", channel=Channel.ZALO)
    told = await unsupported(lan)
    assert all(words in told for words in ("trụ sở phường, xã nơi Bạn ở", "Nhờ người thân", "113 công an"))
    assert not any(words in told for words in ("viết lại", "gửi lại", "gõ lại", "viết bằng chữ"))
    assert await unsupported(lan) == ""
    await lan.says("Đèn hỏng ở ngõ 12, phường Phú Thượng")
    lan.now += TOLD_EVERY + timedelta(minutes=1)
    assert "Gọi hoặc đến phường Phú Thượng" in await unsupported(lan)


async def test_elsewhere_it_is_only_a_kind_we_cannot_read(sqlite_database: Database, city: City) -> None:
    for channel in (Channel.TELEGRAM, Channel.WEBCHAT):
        lan = Resident(sqlite_database, make_dialogue(city), channel.value, channel=channel)
        assert "chưa đọc được loại tin này" in await unsupported(lan)
