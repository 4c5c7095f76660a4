"""What residents come for, in their own words: a script a topic, in Vietnamese and in English (read by `scripted`)."""

from tests.stories.scripted import script
from tests.stories.topics_after import SCRIPTS as AFTER_FILING

SCRIPTS = (
    *AFTER_FILING,
    script(
        "one message and one tap",
        "vi",
        """
        Rác chất đống trước cổng chợ, phường Phú Thượng, ba hôm nay không ai dọn
        < Nơi nhận: phường Phú Thượng
        [Gửi]
        < Mã hồ sơ:
        @minh Sáng mai tổ vệ sinh tới dọn.
        < Sáng mai tổ vệ sinh tới dọn.
        """,
    ),
    script(
        "one message and one tap",
        "en",
        """
        Rubbish has been piling up at the market gate in Phu Thuong ward for three days
        < Goes to: Phu Thuong Ward
        [Send]
        < Case code:
        @minh The cleaning team comes tomorrow morning.
        < The cleaning team comes tomorrow morning.
        """,
    ),
    script(
        "only what is missing is asked, and more may be added",
        "vi",
        """
        📷
        < việc gì
        Nắp cống vỡ ngay lối đi, trẻ con dễ sụt chân
        < phường, xã nào
        Phú Thượng
        < Nơi nhận: phường Phú Thượng
        [Gửi]
        < Mã hồ sơ:
        Chỗ này ngay trước nhà văn hóa
        < Đã thêm vào hồ sơ {code}
        """,
    ),
    script(
        "only what is missing is asked, and more may be added",
        "en",
        """
        📷
        < what is it about
        The manhole cover on the footpath is broken, children could fall in
        < ward
        Phu Thuong
        < Goes to: Phu Thuong Ward
        [Send]
        < Case code:
        It is right in front of the culture house
        < {code}
        """,
    ),
    script(
        "life at risk",
        "vi",
        """
        Cháy nhà ở ngõ 310 Nghi Tàm, còn người mắc kẹt bên trong
        < gọi ngay 114
        < phường, xã nào
        [Tôi không biết]
        < Nơi nhận
        [Gửi]
        < Mã hồ sơ:
        """,
    ),
    script(
        "life at risk",
        "en",
        """
        A house is on fire in Phu Thuong ward and people are trapped inside
        < 114
        < Goes to: Phu Thuong Ward
        [Send]
        < Case code:
        """,
    ),
    script(
        "a report about an official, anonymously, with its receipt",
        "vi",
        """
        Cán bộ một cửa phường Phú Thượng quát mắng bà tôi, đòi bồi dưỡng mới làm giấy tờ
        < Chỉ cán bộ được giao riêng
        [Bật ẩn danh]
        < Ẩn danh: có
        [Gửi]
        < Mã bí mật:
        biên nhận
        < {secret}
        """,
    ),
    script(
        "a report about an official, anonymously, with its receipt",
        "en",
        """
        The officer at the one-stop desk of Phu Thuong ward shouted at my grandmother and asked her for money
        < Only
        [Be anonymous]
        < Anonymous: yes
        [Send]
        < Secret:
        receipt
        < {secret}
        """,
    ),
    script(
        "a formal denunciation is explained, and kept",
        "vi",
        """
        Tôi muốn tố cáo chủ tịch phường Phú Thượng nhận hối lộ
        < đơn khiếu nại, tố cáo có chữ ký
        [Gửi]
        < Mã hồ sơ:
        """,
    ),
    script(
        "a formal denunciation is explained, and kept",
        "en",
        """
        I want to file a formal denunciation against the chairman of Phu Thuong ward for taking bribes
        < signed
        [Send]
        < Case code:
        """,
    ),
    script(
        "my cases",
        "vi",
        """
        Loa kẹo kéo hát ầm ĩ tới nửa đêm ở phường Phú Thượng
        < Nơi nhận
        [Gửi]
        < Mã hồ sơ:
        hồ sơ của tôi
        < {code}
        [{code}]
        < {code}
        """,
    ),
    script(
        "my cases",
        "en",
        """
        Loudspeakers blare until midnight in Phu Thuong ward
        < Goes to
        [Send]
        < Case code:
        my cases
        < {code}
        [{code}]
        < {code}
        """,
    ),
    script(
        "the codes of conduct and the fines",
        "vi",
        """
        quy tắc về hút thuốc
        < 1665/QĐ-UBND
        [Mức phạt]
        < tham khảo
        """,
    ),
    script(
        "the codes of conduct and the fines",
        "en",
        """
        /code smoking
        < Decision 1665
        [Fines]
        < for reference
        """,
    ),
    script(
        "praise",
        "vi",
        """
        Cảm ơn chị Hạnh ở bộ phận một cửa phường Phú Thượng đã tận tình giúp mẹ tôi
        < Khen
        [Gửi]
        < đồng ý
        [Gửi dự thi Người tốt, việc tốt]
        < Đã gửi dự thi
        """,
    ),
    script(
        "praise",
        "en",
        """
        I want to praise Ms Hanh at the one-stop desk in Phu Thuong ward, she helped my mother with great patience
        < Praise
        [Send]
        < agrees
        [Enter the contest]
        < It is entered
        """,
    ),
    script(
        "a torn board",
        "vi",
        """
        Bảng quy tắc ứng xử ở nhà văn hóa phường Phú Thượng bị rách
        < ảnh
        📷
        < Nơi nhận: phường Phú Thượng
        [Gửi]
        < Mã hồ sơ:
        """,
    ),
    script(
        "a torn board",
        "en",
        """
        The board with the code of conduct at the culture house in Phu Thuong ward is torn
        < photo
        📷
        < Goes to: Phu Thuong Ward
        [Send]
        < Case code:
        """,
    ),
    script(
        "a closing that is not true",
        "vi",
        """
        Đèn đường hỏng ở ngõ 12 phường Phú Thượng, tối om ba đêm nay
        < Nơi nhận
        [Gửi]
        < Mã hồ sơ:
        @minh done Đã thay bóng đèn.
        < Đã thay bóng đèn.
        [Chưa xong]
        < điều gì chưa đúng
        Đèn vẫn tối, chưa ai tới
        < {code}
        """,
    ),
    script(
        "a closing that is not true",
        "en",
        """
        The street lamp in lane 12, Phu Thuong ward, has been dark for three nights
        < Goes to
        [Send]
        < Case code:
        @minh done The lamp was replaced.
        < The lamp was replaced.
        [Not resolved]
        < what is not true
        It is still dark, nobody came
        < {code}
        """,
    ),
    script(
        "a closing that is true",
        "vi",
        """
        Ghế đá ở vườn hoa phường Phú Thượng bị gãy chân
        < Nơi nhận
        [Gửi]
        < Mã hồ sơ:
        @minh done Đã thay ghế mới.
        < Đã thay ghế mới.
        [Đã xong]
        < Cảm ơn
        """,
    ),
    script(
        "a closing that is true",
        "en",
        """
        The bench in the garden of Phu Thuong ward has a broken leg
        < Goes to
        [Send]
        < Case code:
        @minh done A new bench is there.
        < A new bench is there.
        [Resolved]
        < Thank
        """,
    ),
    script(
        "help, cancel, another language",
        "vi",
        """
        trợ giúp
        < 113, 114, 115, 112
        Vỉa hè trước chợ bị lấn chiếm
        < phường, xã nào
        hủy
        < Đã hủy
        English
        < English
        """,
    ),
    script(
        "help, cancel, another language",
        "en",
        """
        help
        < 113, 114, 115, 112
        The pavement in front of the market is blocked
        < ward
        cancel
        < Cancelled
        tiếng Việt
        < tiếng Việt
        """,
    ),
)
