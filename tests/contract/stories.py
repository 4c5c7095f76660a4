"""What is told on every channel, a line at a time. `text` is written; the other lines:

    [Gửi]                   chosen: a button pressed, or the number of its line written
    📷 chữ kèm              a photo, perhaps with words
    ~                       something that nobody can use
    @ chữ  ·  @done chữ     the officer answers, asks (`@asks`), or closes with this outcome
    < key key|key           the answers just heard hold these wordings, of those with a stroke one
    {code}                  the player's own case

Where channels differ, a story names the claim of `bot.domain.capabilities` that parts them (`by`): who has it is compared
with who has it, and who has not with who has not. In such a story:

    ✏️ chữ                  the last words are changed; where that is not told, they are written anew
    📍 21.0895,105.8168     a position is sent; where there are none, whatever that messenger brings instead
    + …                     only where the channel has it: a line of any sort, `+ < key` too
    - …                     only where it has not

In the end the cases must be the same, too; of those that are parted, where they came to lie and what kind they are.
"""

from dataclasses import dataclass

LONG = "Kính gửi bà con, tổ công tác đã khảo sát toàn tuyến và ghi lại từng điểm một để xử lý dứt điểm trong tháng.\n" * 42


@dataclass(frozen=True)
class Story:
    name: str
    lines: tuple[str, ...]
    by: str = ""  # a field of `Capabilities`; empty: nobody differs
    on_both: bool = False  # told on PostgreSQL, too


def _story(name: str, text: str, *, by: str = "", on_both: bool = False) -> Story:
    lines = tuple(line.strip().replace("{long}", LONG.strip()) for line in text.strip().splitlines())
    return Story(name, lines, by, on_both)


STORIES = (
    _story(
        "one message and one choice",
        """
        Rác chất đống trước cổng chợ, phường Phú Thượng, ba hôm nay không ai dọn
        < card_confirm
        [Gửi]
        < after_filed
        @ Sáng mai tổ vệ sinh tới dọn.
        < answer_text
        """,
    ),
    _story(
        "a photo, the ward asked for and typed, more and a correction after filing",
        """
        📷 Nắp cống vỡ ngay lối đi, trẻ con dễ sụt chân
        < chat_ask_ward
        Phú Thượng
        < card_confirm
        [Gửi]
        < after_filed
        Sửa lại: nắp cống ở ngõ 15, không phải ngõ 12
        < chat_added
        📷
        """,
    ),
    _story(
        "a ward chosen among several, and a question while drafting",
        """
        Phường Yên Phụ nhiều rác quá
        < chat_ask_ward_of
        ai đọc được tin này
        < ask_who_reads
        [Tây Hồ]
        < card_confirm
        [Đổi phường]
        Phú Thượng
        gửi
        < after_filed
        """,
    ),
    _story(
        "a suggestion, anonymously, by number and by word",
        """
        Đề nghị phường Phú Thượng lắp thêm ghế đá ở vườn hoa cho các cụ ngồi
        ẩn danh
        1
        < after_filed after_filed_anonymous
        """,
    ),
    _story(
        "conduct of an official, protected",
        """
        Cán bộ một cửa phường Phú Thượng quát mắng bà tôi, đòi bồi dưỡng mới làm giấy tờ
        < card_readers_restricted card_be_true
        [Bật ẩn danh]
        [Gửi]
        < after_filed_anonymous
        biên nhận
        """,
    ),
    _story(
        "praise, entered for the contest",
        """
        Cảm ơn chị Hạnh ở bộ phận một cửa phường Phú Thượng đã tận tình giúp mẹ tôi
        [Gửi]
        < after_filed_praise contest_offer
        [Gửi dự thi]
        """,
    ),
    _story(
        "life at risk comes first, and nobody has to know the ward",
        """
        Cháy nhà ở ngõ 310 Nghi Tàm, còn người mắc kẹt bên trong
        [Tôi không biết]
        [Gửi]
        < after_filed
        """,
    ),
    _story(
        "greeted, cancelled, begun again",
        """
        xin chào
        < chat_start_now
        Vỉa hè trước chợ bị lấn chiếm
        [Hủy]
        trợ giúp
        < chat_help
        Vỉa hè trước chợ bị lấn chiếm, phường Phú Thượng
        hủy
        """,
    ),
    _story(
        "a closing is disputed with words and a photo",
        """
        Đèn đường hỏng ở ngõ 12 phường Phú Thượng, tối om ba đêm nay
        [Gửi]
        @done Đã thay bóng đèn.
        [Chưa xong]
        < after_dispute_ask
        📷 Đèn vẫn tối, chưa ai tới
        """,
        on_both=True,
    ),
    _story(
        "a closing is rated",
        """
        Ghế đá ở vườn hoa phường Phú Thượng bị gãy chân
        [Gửi]
        @done Đã thay ghế mới.
        [Đã xong]
        < after_rate_thanks
        [4⭐]
        < after_rate_stars
        """,
    ),
    _story(
        "staff ask, and the answer is a number",
        """
        Cây đổ chắn lối đi ở vườn hoa phường Phú Thượng
        [Gửi]
        @asks Có mấy cây đổ?
        < answer_asks
        3
        < chat_added
        """,
    ),
    _story(
        "a long answer",
        """
        Vườn hoa phường Phú Thượng thiếu thùng rác, đề nghị đặt thêm
        [Gửi]
        @ {long}
        """,
    ),
    _story(
        "what nobody can use, and what is hostile",
        """
        ~
        <script>alert(1)</script> & "quotes" {code} %s ${x} `rm -rf` \u202etxt.exe ở phường Phú Thượng có biển quảng cáo rơi
        < card_confirm
        [Gửi]
        < after_filed
        """,
    ),
    _story(
        "another language",
        """
        English
        The bench in the garden of Phu Thuong ward has a broken leg
        < card_confirm
        [Send]
        < after_filed
        tiếng Việt
        """,
    ),
    _story(
        "words are changed, before the case is filed and after",
        """
        Nắp cống vỡ ở ngõ 12 phường Phú Thượng, trẻ con dễ sụt chân
        < card_confirm
        ✏️ Nắp cống vỡ ở ngõ 15 phường Phú Thượng, trẻ con dễ sụt chân
        < card_confirm
        [Gửi]
        < after_filed
        ✏️ Nắp cống vỡ ở ngõ 15 phường Phú Thượng, sát cổng trường, trẻ con dễ sụt chân
        + < chat_edited
        - < chat_added
        @ Sáng mai tổ thoát nước tới thay.
        < answer_text
        """,
        by="tells_edits",
    ),
    _story(
        "a position says which ward, or the ward is written",
        """
        Nắp cống vỡ ngay lối đi, trẻ con dễ sụt chân
        < chat_ask_ward
        📍 21.0895,105.8168
        - < chat_withheld|chat_unsupported
        - Phú Thượng
        < card_confirm
        [Gửi]
        < after_filed
        + 📍 21.0896,105.8169
        + < chat_added
        - cách cổng trường hai mươi mét
        < chat_added
        """,
        by="shares_place",
    ),
)
