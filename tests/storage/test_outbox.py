"""The outbox hands out one reply per address at a time, in order, and remembers what came of it."""

import asyncio
from datetime import datetime, timedelta

from bot.bell import Bell, heard
from bot.domain.people import Address, Channel
from bot.domain.reply import Choice, DeliveryResult, DeliveryState, NewReply, Reply
from bot.domain.thread import Author, EventKind, NewMessage
from storage import Database
from tests.conftest import Place
from tests.storage.cast import HOA, LAN, LAN_ON_THE_WEB, LATER, LEASE, NOW, a_case, keep, officer, resident, says, update

ALL = list(Channel)


async def queue(database: Database, *replies: NewReply) -> list[int]:
    async with database.begin() as uow:
        ids = await uow.outbox.add(replies, NOW)
        await uow.commit()
    return ids


async def take(database: Database, now: datetime = NOW, owner: str = "postman", most: int = 20) -> list[str]:
    """The words of what was claimed."""
    async with database.begin() as uow:
        taken = await uow.outbox.claim(owner=owner, channels=ALL, now=now, lease=LEASE, most=most)
        await uow.commit()
    return [queued.reply.text for queued in taken]


async def record(database: Database, *results: DeliveryResult) -> None:
    async with database.begin() as uow:
        await uow.outbox.record(results)
        await uow.commit()


def sent(reply_id: int) -> DeliveryResult:
    return DeliveryResult(reply_id=reply_id, state=DeliveryState.SENT, at=NOW, provider_id="77")


def failed(reply_id: int, *, blocked: bool = False) -> DeliveryResult:
    return DeliveryResult(
        reply_id=reply_id, state=DeliveryState.FAILED, at=NOW, error="Forbidden: bot was blocked", blocks_address=blocked
    )


def again(reply_id: int, at: datetime) -> DeliveryResult:
    return DeliveryResult(reply_id=reply_id, state=DeliveryState.WAITING, at=NOW, due_at=at, error="429")


async def test_replies_arrive_in_the_order_they_were_said(database: Database) -> None:
    """One in flight per address; Hoa's does not wait for Lan's."""
    ids = await queue(database, says("Đã nhận"), says("Hạn trả lời"), says("Chào bạn", HOA))
    assert ids == sorted(ids)

    assert await take(database) == ["Đã nhận", "Chào bạn"]
    assert await take(database, owner="another") == []
    await record(database, sent(ids[0]))
    assert await take(database) == ["Hạn trả lời"]


async def test_a_reply_comes_out_as_it_went_in(database: Database) -> None:
    reply = Reply(text="Ở phường nào?", choices=((Choice("Tây Hồ", "w:00091"), Choice("Khác", "w:?")),), asks_location=True)
    await queue(database, NewReply(address=LAN, reply=reply))
    async with database.begin() as uow:
        [queued] = await uow.outbox.claim(owner="postman", channels=ALL, now=NOW, lease=LEASE, most=1)
    assert (queued.reply, queued.address, queued.attempts, queued.created_at) == (reply, LAN, 0, NOW)


async def test_only_the_channels_that_are_spoken_are_claimed(database: Database) -> None:
    await queue(database, says("một"), says("hai", Address(Channel.ZALO, "a1b2")))
    async with database.begin() as uow:
        for channels, words in (([Channel.ZALO], ["hai"]), ([], []), ([Channel.WEBCHAT, Channel.TELEGRAM], ["một"])):
            taken = await uow.outbox.claim(owner="p", channels=channels, now=NOW, lease=LEASE, most=20)
            assert [queued.reply.text for queued in taken] == words


async def test_a_reply_that_must_wait_holds_back_the_ones_after_it(database: Database) -> None:
    """Telegram said "wait 10 seconds": what follows must not overtake it."""
    first, _ = await queue(database, says("một"), says("hai"))
    assert await take(database) == ["một"]
    await record(database, again(first, NOW + timedelta(seconds=10)))

    assert await take(database, NOW + timedelta(seconds=9)) == []
    async with database.reading() as uow:
        assert await uow.outbox.next_due() == NOW + timedelta(seconds=10)
    assert await take(database, NOW + timedelta(seconds=10)) == ["một"]


async def test_a_reply_that_failed_for_good_lets_the_next_ones_go(database: Database) -> None:
    first, second = await queue(database, says("một"), says("hai"))
    assert await take(database) == ["một"]
    await record(database, failed(first))
    assert await take(database) == ["hai"]
    await record(database, sent(second))
    async with database.begin() as uow:
        assert (await uow.outbox.backlog(NOW)).failed == 1
        assert await uow.outbox.replay([first, second], NOW) == 1
        await uow.commit()
    assert await take(database) == ["một"]


async def test_a_dead_postmans_reply_is_sent_by_the_next(database: Database) -> None:
    [only] = await queue(database, says("một"))
    assert await take(database, owner="dead") == ["một"]
    async with database.reading() as uow:
        assert await uow.outbox.next_due() == NOW + LEASE
    assert await take(database, LATER) == ["một"]
    await record(database, sent(only), failed(only))  # the dead one's word comes late and changes nothing
    async with database.reading() as uow:
        assert (await uow.outbox.backlog(LATER)).failed == 0


async def test_an_answer_that_never_arrives_is_shown_on_its_case(database: Database) -> None:
    """Minh sees on the case, in the thread and in the queue that Lan did not get it; an open form becomes stale."""
    case = await a_case(database)
    async with database.begin() as uow:
        answer = NewMessage(case_id=case.id, author=Author.STAFF, text="Tổ điện sẽ đến.", at=NOW)
        message_id = await uow.cases.add_message(answer)
        before = await uow.cases.by_code(case.code)
        # Only the message is named: the case is found by it.
        [reply_id, receipt] = await uow.outbox.add([says("Tổ điện sẽ đến.", message_id=message_id), says("Khác")], NOW)
        await uow.commit()
    await take(database)
    await record(database, failed(reply_id, blocked=True))
    await take(database)
    await record(database, failed(receipt))  # of no case: nothing to show it on

    async with database.reading() as uow:
        after = await uow.cases.by_code(case.code)
        assert before is not None
        assert after is not None
        assert after.version == before.version + 1
        [event] = await uow.cases.timeline(case.id)
        assert (event.kind, event.details) == (
            EventKind.UNDELIVERED,
            {"reply": str(reply_id), "error": "Forbidden: bot was blocked", "answer": "yes", "first": ""},
        )
        [line] = await uow.cases.thread(case.id)
        assert (line.delivery, line.delivery_error) == (DeliveryState.FAILED, "Forbidden: bot was blocked")
        [shown] = (await uow.cases.queue(officer())).lines
        assert shown.undelivered == 1
        assert (await uow.conversations.get(LAN)).is_blocked


async def test_the_thread_shows_what_is_on_its_way_and_what_arrived(database: Database) -> None:
    case = await a_case(database)
    async with database.begin() as uow:
        answer = NewMessage(case_id=case.id, author=Author.STAFF, text="Xong rồi.", at=NOW)
        message_id = await uow.cases.add_message(answer)
        ids = await uow.outbox.add([says("1/2", message_id=message_id), says("2/2", message_id=message_id)], NOW)
        await uow.commit()

    async def delivery() -> DeliveryState | None:
        async with database.reading() as uow:
            [line] = await uow.cases.thread(case.id)
        return line.delivery

    assert await delivery() is DeliveryState.WAITING
    await record(database, sent(ids[0]))
    assert await delivery() is DeliveryState.WAITING  # a part is still on its way
    await record(database, sent(ids[1]))
    assert await delivery() is DeliveryState.SENT


async def test_the_backlog_counts_what_could_be_sent_by_now(database: Database) -> None:
    """What a channel told us to wait with is nobody's fault, nor is what comes after it."""
    first, _, _ = await queue(database, says("một"), says("hai"), says("ba", HOA))
    async with database.begin() as uow:
        backlog = await uow.outbox.backlog(NOW)
        assert (backlog.waiting, backlog.oldest) == (3, NOW)
        await uow.outbox.record([again(first, LATER)])
        assert (await uow.outbox.backlog(NOW)).waiting == 1
        assert (await uow.outbox.backlog(LATER)).waiting == 3
        assert await uow.outbox.next_due() == NOW
        assert await uow.outbox.next_due([Channel.ZALO]) is None
    async with database.begin() as uow:
        assert await uow.outbox.next_due([Channel.TELEGRAM]) == NOW


async def test_the_bell_rings_once_what_was_queued_is_kept(database: Database, bell: Bell) -> None:
    """Not before the commit, not after a rollback, and only for those who are spoken to."""
    with bell.listen(LAN) as lan, bell.listen(HOA) as hoa, bell.listen() as anyone:
        async with database.begin() as uow:
            await uow.outbox.add([says("một")], NOW)
        assert not lan.is_set()
        async with database.begin() as uow:
            await uow.outbox.add([says("một")], NOW)
            assert not lan.is_set()
            await uow.commit()
        assert await heard(lan, 0.1)
        assert await heard(anyone, 0.1)
        assert not hoa.is_set()


async def test_a_web_chats_page_hears_when_its_line_is_there(database: Database, bell: Bell) -> None:
    """The page shows what was delivered; "delivered" to a web chat is the recording commit itself."""
    async with database.begin() as uow:
        await resident(uow, LAN_ON_THE_WEB)
        [reply_id] = await uow.outbox.add([says("Chào bạn", LAN_ON_THE_WEB)], NOW)
        await uow.commit()
    await take(database)
    with bell.listen(LAN_ON_THE_WEB) as page:
        await record(database, sent(reply_id))
        assert await heard(page, 0.1)
    async with database.reading() as uow:
        assert [line.key for line in await uow.chat_lines.replies_after(LAN_ON_THE_WEB, 0)] == [reply_id]


async def test_several_postmen_never_hold_two_replies_of_one_address(database_place: Place) -> None:
    """Each with its own connections where the engine allows it."""
    databases = [database_place.database() for _ in range(4 if database_place.engine == "postgresql" else 1)]
    for database in databases:
        await database.open()
    await queue(databases[0], *(says(str(number), (LAN, HOA)[number % 2]) for number in range(40)))
    in_hand: set[Address] = set()
    order: dict[Address, list[int]] = {LAN: [], HOA: []}

    async def carry(number: int) -> None:
        database = databases[number % len(databases)]
        while sum(map(len, order.values())) < 40:
            async with database.begin() as uow:
                taken = await uow.outbox.claim(owner=f"p{number}", channels=ALL, now=NOW, lease=LEASE, most=3)
                await uow.commit()
            for queued in taken:
                assert queued.address not in in_hand
                in_hand.add(queued.address)
                order[queued.address].append(int(queued.reply.text))
            await asyncio.sleep(0.001)
            async with database.begin() as uow:
                in_hand.difference_update(queued.address for queued in taken)
                await uow.outbox.record([sent(queued.id) for queued in taken])
                await uow.commit()

    async with asyncio.timeout(60):
        await asyncio.gather(*(carry(number) for number in range(4)))
    for database in databases:
        await database.close()
    assert order == {LAN: list(range(0, 40, 2)), HOA: list(range(1, 40, 2))}


def asks(text: str, about: str = "draft:7K3M9Q", to: Address = LAN, hold: timedelta | None = None) -> NewReply:
    return NewReply(address=to, reply=Reply(text=text), about=about, hold=hold)


async def test_of_questions_about_the_same_draft_only_the_newest_is_put(database: Database) -> None:
    """Three messages in a moment: Lan reads one card, the last. What is about another draft, or is Hoa's, stays."""
    ids = await queue(database, says("🚨 114"), asks("thẻ 1"), asks("khác", "draft:OTHER1"), asks("của Hoa", to=HOA))
    ids += await queue(database, asks("thẻ 2"))
    ids += await queue(database, asks("thẻ 3"))
    assert ids == sorted(set(ids)), "no id is given twice: a late word about a dropped reply would meet another"

    assert await take(database) == ["🚨 114", "của Hoa"]
    await record(database, sent(ids[0]))
    assert await take(database) == ["khác"]
    await record(database, sent(ids[2]))
    assert await take(database) == ["thẻ 3"]
    await record(database, sent(ids[-1]))
    assert await take(database) == []
    await record(database, sent(ids[1]))  # somebody who held it long ago: nothing to write down


async def test_a_question_that_somebody_is_sending_is_not_taken_from_their_hand(database: Database) -> None:
    """It may be on Lan's screen already; the newer one follows it. Once its lease is over, it need not be sent any more."""
    first, second = await queue(database, asks("thẻ 1")), await queue(database, says("hai"))
    assert await take(database) == ["thẻ 1"]
    await queue(database, asks("thẻ 2"))
    await record(database, sent(first[0]))
    assert await take(database) == ["hai"]
    await record(database, sent(second[0]))
    assert await take(database, owner="dead") == ["thẻ 2"]
    async with database.begin() as uow:
        await uow.outbox.add([asks("thẻ 3")], LATER)
        await uow.commit()
    assert await take(database, LATER) == ["thẻ 3"]


async def test_a_pressed_button_is_acknowledged_whatever_comes_after(database: Database) -> None:
    """The reply that acknowledges it drops an earlier question, and is itself dropped by none."""
    pressed = NewReply(address=LAN, reply=Reply(text="thẻ 2", answers_choice_id="cb-1"), about="draft:7K3M9Q")
    await queue(database, asks("thẻ 1"))
    [answer] = await queue(database, pressed)
    await queue(database, asks("thẻ 3"))
    assert await take(database) == ["thẻ 2"]
    await record(database, sent(answer))
    assert await take(database) == ["thẻ 3"]


async def test_a_held_question_waits_for_the_rest_of_the_burst(database: Database, bell: Bell) -> None:
    """It is due when the hold is over, counted anew from the newest, and then the bell rings by itself."""
    hold = timedelta(seconds=0.2)
    with bell.listen() as ring:
        await queue(database, asks("thẻ 1", hold=hold))
        async with database.begin() as uow:
            await uow.outbox.add([asks("thẻ 2", hold=hold)], NOW + hold / 2)
            await uow.commit()
        assert not ring.is_set(), "nothing can be sent yet"
        assert await take(database, NOW + hold) == []
        async with database.reading() as uow:
            assert await uow.outbox.next_due() == NOW + hold * 1.5
        assert await heard(ring, timeout=5)
    assert await take(database, NOW + hold * 1.5) == ["thẻ 2"]


async def test_a_held_question_waits_while_more_of_her_messages_are_to_be_read(database: Database) -> None:
    """Lan's other photos are still being fetched when the hold is over; Hoa's message holds up nobody but Hoa."""
    await keep(database, update(1, LAN.external_id), update(2, HOA.external_id))
    await queue(database, asks("thẻ 1", hold=timedelta(seconds=1)), asks("không giữ", to=HOA))
    assert await take(database, NOW) == ["không giữ"]
    assert await take(database, NOW + timedelta(seconds=2)) == []
    async with database.begin() as uow:
        await uow.inbox.claim(owner="w", now=NOW, lease=LEASE, most=10)
        await uow.inbox.mark_handled([1], owner="w", now=NOW)
        await uow.commit()
    assert await take(database, NOW + timedelta(seconds=2)) == ["thẻ 1"]


async def test_a_held_question_does_not_wait_for_ever(database: Database) -> None:
    """An update that nobody gets done (its file is out of reach for hours) leaves the question unasked for seconds only."""
    await keep(database, update(1, LAN.external_id))
    await queue(database, asks("thẻ 1", hold=timedelta(seconds=1)))
    assert await take(database, NOW + timedelta(seconds=7)) == []
    assert await take(database, NOW + timedelta(seconds=8)) == ["thẻ 1"]
