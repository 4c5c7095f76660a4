"""Scripts of what comes after filing, of neighbours, and of residents as persons: the rest of `topics`."""

from tests.stories.scripted import script

SCRIPTS = (
    script(
        "a case found by its code in another chat",
        "vi",
        """
        Rác chất đống trước cổng trường tiểu học Phú Thượng, phường Phú Thượng
        < Nơi nhận
        [Gửi]
        < Mã hồ sơ:
        [Biên nhận]
        < Mã bí mật:
        ~ tra cứu {code}
        ~ < mã bí mật
        ~ 1111 2222 3333
        ~ < không khớp
        ~ {secret}
        ~ < Hồ sơ {code}
        """,
    ),
    script(
        "a case found by its code in another chat",
        "en",
        """
        Rubbish is piling up beside the bus stop in Phu Thuong ward
        < Goes to
        [Send]
        < Case code:
        [Receipt]
        < Secret:
        ~ find {code}
        ~ < secret
        ~ 1111 2222 3333
        ~ < do not fit together
        ~ {secret}
        ~ < {code}
        """,
    ),
    script(
        "me too",
        "vi",
        """
        ~ Cống tắc, nước thải tràn ra ngõ 15 đường An Dương Vương, phường Phú Thượng
        ~ [Gửi]
        ~ < Mã hồ sơ:
        Cống tắc, nước thải tràn ra ngõ 15 đường An Dương Vương, phường Phú Thượng, hôi lắm
        < đã có người báo
        [Tôi cũng gặp]
        < xử lý cùng nhau
        """,
    ),
    script(
        "me too",
        "en",
        """
        ~ The drain is blocked, sewage floods lane 17 An Duong Vuong street, Phu Thuong ward
        ~ [Send]
        ~ < Case code:
        The drain is blocked, sewage floods lane 17 An Duong Vuong street, Phu Thuong ward, it stinks
        < already
        [Me too]
        < together
        """,
    ),
    script(
        "leaving a contact",
        "vi",
        """
        Bà cụ bán nước lấn hết vỉa hè trước số 20 Phú Gia, phường Phú Thượng
        < Nơi nhận
        [Gửi]
        < Mã hồ sơ:
        [Để lại số liên hệ]
        < Bạn có đồng ý không
        dạ tôi đồng ý ạ
        < Mời Bạn gửi
        0912 345 678, tôi tên Lan
        < 678
        dữ liệu của tôi
        < Số liên hệ: có
        [Xóa số liên hệ]
        < Đã rút lại
        """,
    ),
    script(
        "leaving a contact",
        "en",
        """
        A tea stall blocks the whole pavement at 20 Phu Gia, Phu Thuong ward
        < Goes to
        [Send]
        < Case code:
        [Leave a contact]
        < agree
        [I agree]
        < phone
        0912 345 678, my name is Ann
        < 678
        my data
        < Contact
        """,
    ),
    script(
        "my data, and forget me",
        "vi",
        """
        Chó thả rông không rọ mõm ở sân chơi phường Phú Thượng
        < Nơi nhận
        [Gửi]
        < Mã hồ sơ:
        dữ liệu của tôi
        < 1 hồ sơ
        [Xem bản sao]
        < Bản sao
        [Xóa dữ liệu của tôi]
        < {code}
        [Đồng ý xóa]
        < Đã xóa
        """,
    ),
    script(
        "my data, and forget me",
        "en",
        """
        Dogs without a muzzle run about the playground in Phu Thuong ward
        < Goes to
        [Send]
        < Case code:
        my data
        < open: 1
        forget me
        < {code}
        [Yes, forget me]
        < gone
        """,
    ),
    script(
        "somebody to talk to",
        "vi",
        """
        gặp cán bộ
        < phường, xã nào
        Phú Thượng
        < phường Phú Thượng
        """,
    ),
    script(
        "somebody to talk to",
        "en",
        """
        talk to a person
        < ward
        Phu Thuong
        < Phu Thuong Ward
        """,
    ),
    script(
        "a suggestion, sent anonymously, in numbers and words",
        "vi",
        """
        Đề nghị phường Phú Thượng lắp thêm ghế đá ở vườn hoa cho các cụ ngồi
        < Góp ý
        ẩn danh
        < Ẩn danh: có
        sai rồi
        < đổi gì
        ẩn danh
        < Ẩn danh: không
        1
        < Mã hồ sơ:
        """,
    ),
    script(
        "a suggestion, sent anonymously, in numbers and words",
        "en",
        """
        I suggest that Phu Thuong ward puts more benches in the garden for old people
        < Suggestion
        anonymous
        < Anonymous: yes
        wrong
        < changed
        anonymous
        < Anonymous: no
        1
        < Case code:
        """,
    ),
)
