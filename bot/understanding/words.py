"""The words by which a message tells what it is about, by meaning; one line of phrases a category.

Phrases stand with their marks; a text without marks is matched without. A single word with marks matches only with them
("cháy" burns, "chay" may be a vegetarian meal), so what must be heard without marks stands here without. Longer phrases
win over shorter ones inside them; those of `NEUTRAL` say nothing and only keep their words from counting.
"""

from collections.abc import Mapping

EMERGENCY: Mapping[str, str] = {
    "oth_emergency_fire": (
        "cháy|cháy nhà|nhà cháy|đang cháy|bị cháy|cháy rồi|cháy lớn|cháy to|cháy xe|xe cháy|bốc cháy|đám cháy|vụ cháy|"
        "có cháy|hỏa hoạn|bốc khói|khói nghi ngút|khói đen|phát nổ|tiếng nổ|nổ lớn|nổ bình|cháy nổ|rò ga|rò gas|"
        "rò rỉ gas|xì gas|mùi gas nồng|mắc kẹt|kẹt thang máy|kẹt trong|chập điện|cứu hỏa|on fire|fire|burning|"
        "house fire|explosion|exploded|gas leak|smell gas|smell of gas|smoke coming|trapped|stuck in the lift|"
        "stuck in the elevator"
    ),
    "oth_emergency_crime": (
        "cướp|cuop|cuop giat|bị cướp|cướp giật|giật túi|giật điện thoại|trộm đột nhập|đột nhập|kẻ trộm|trộm vào nhà|"
        "cầm dao|rút dao|vác dao|mang dao|đuổi chém|chém nhau|chém người|đâm người|đâm nhau|bị đâm|bị chém|đánh nhau|"
        "đang đánh|bị đánh|đánh người|hành hung|đe dọa giết|dọa giết|đòi giết|giết người|giết tôi|bắt cóc|hiếp dâm|"
        "nổ súng|có súng|cố thủ|khống chế|con tin|robbed|robbery|robber|with a knife|has a knife|stabbed|stabbing|gun|"
        "shooting|attacking|attacked|being attacked|fighting|kidnap|kidnapped|rape|raped|murder|kill me|break in|"
        "breaking in|burglar|intruder|breaking into|broken into|climbing in|being robbed|bị trộm|có trộm"
    ),
    "oth_emergency_medical": (
        "tai nạn|bị tai nạn|vừa gây tai nạn|có tai nạn|bất tỉnh|ngất xỉu|bị ngất|ngất|cấp cứu|chảy máu|chảy nhiều máu|"
        "khó thở|không thở|ngừng thở|ngừng tim|đau tim|đau ngực|nhồi máu|đột quỵ|co giật|ngộ độc|sốc phản vệ|tự tử|"
        "tự sát|nhảy cầu|muốn chết|không muốn sống|bị thương|người bị nạn|nạn nhân|hấp hối|nguy kịch|sắp sinh|vỡ ối|"
        "rắn cắn|hóc dị vật|accident|unconscious|passed out|fainted|bleeding|not breathing|cant breathe|can t breathe|"
        "heart attack|stroke|seizure|suicide|kill myself|ambulance|collapsed|injured|badly hurt|overdose|poisoned|"
        "choking|in labour|in labor"
    ),
    "oth_emergency_disaster": (
        "lũ quét|nước lũ|lũ lên|lũ lụt|lụt|nước lên nhanh|nước dâng|ngập sâu|ngập nhà|bị cô lập|cuốn trôi|bị cuốn|"
        "sạt lở|lở đất|sập nhà|nhà sập|tường sập|sập tường|sập cầu|cầu sập|sập giàn giáo|bị sập|sập xuống|bị vùi|bị đè|"
        "cây đổ|đổ cây|đổ cột điện|cột điện đổ|đuối nước|chết đuối|bị đuối|rơi xuống sông|rơi xuống hồ|rơi xuống giếng|"
        "động đất|vỡ đê|điện giật|giật điện|rò điện|hở điện|tủ điện hở|dây điện đứt|đứt dây điện|dây điện rơi|"
        "nhiễm điện|flooding our|flooded house|flash flood|landslide|building collapsed|wall collapsed|drowning|"
        "drowned|swept away|earthquake|electrocuted|live wire|power line down|fallen tree|tree fell|cut off by water|"
        "đổ đè|đè trúng|kẹt bên trong|sập rồi|wall fell|roof collapsed|tường đổ"
    ),
    "oth_emergency_child": (
        "bạo hành trẻ|bạo hành|trẻ em bị đánh|trẻ bị đánh|đánh trẻ|đánh đập cháu|đánh đập con|đánh cháu|đánh con|"
        "đánh đập|xâm hại|xâm hại trẻ|dâm ô|lạm dụng trẻ|bỏ rơi trẻ|trẻ bị bỏ rơi|trẻ lạc|lạc con|mất tích|"
        "bị danh khoc|child abuse|abusing a child|beating a child|beating his child|beating her child|"
        "child is being beaten|child being beaten|missing child|lost child|child is missing|molested|domestic violence|"
        "being beaten|trẻ con bị đánh|tre con bi danh|con bị bố đánh"
    ),
}

NEUTRAL = (
    "phòng cháy|phòng cháy chữa cháy|chữa cháy|phòng chống cháy nổ|cháy bóng|bóng cháy|bóng đèn cháy|đèn cháy|"
    "cháy hàng|bán chạy|gây tai nạn|dễ tai nạn|dễ gây tai nạn|nguy cơ tai nạn|tránh tai nạn|phòng chống tai nạn|"
    "phòng chống đuối nước|phòng chống bạo hành|bạo hành động vật|fire station|fire extinguisher|fire safety|"
    "fire hydrant|fire alarm test|đề nghị cán bộ|đề nghị công an|đề nghị chủ tịch|mong cán bộ|mong công an|nhờ cán bộ|"
    "nhờ công an|kính gửi cán bộ|kính gửi công an|kính gửi chủ tịch|kính thưa chủ tịch|xin cán bộ|đề nghị các cán bộ|"
    "mong các cán bộ|báo công an|gọi công an|báo cán bộ|gặp cán bộ|công an giúp|công an xử lý|công an phường xử lý|"
    "cán bộ kiểm tra|cán bộ xuống|call the police|called the police|tell the police|ask the police|hợp lý|đấu tố"
)

OFFICIALS = (
    "cán bộ|công chức|viên chức|cán bộ phường|cán bộ xã|chủ tịch phường|chủ tịch xã|phó chủ tịch|bí thư|trưởng công an|"
    "công an phường|công an xã|công an viên|cảnh sát khu vực|cán bộ tư pháp|địa chính|cán bộ một cửa|một cửa|"
    "nhân viên quầy|nhân viên phường|nhân viên ở quầy|nhân viên tiếp dân|tiếp dân|lãnh đạo phường|lãnh đạo xã|"
    "trưởng phòng|ủy ban phường|ủy ban xã|ubnd phường|ubnd xã|bảo vệ phường|bảo vệ trụ sở|bảo vệ ủy ban|"
    "tổ trưởng dân phố|tổ trưởng tổ dân phố|trưởng thôn|dân quân|thanh tra xây dựng|trật tự phường|đội trật tự|"
    "official|officials|officer|officers|clerk|civil servant|chairman|ward office|ward staff|the staff|policeman|"
    "police officer|the counter|counter staff|cb|quầy|phó phòng|ông phó phòng|trưởng ban|cán bộ trực|phòng tiếp dân|"
    "bộ phận một cửa|trụ sở|phòng làm việc|nhân viên|staff|people at the office|the office"
)

CONDUCT: Mapping[str, str] = {
    "off_bribery": (
        "phong bì|bồi dưỡng|boi duong|lót tay|bôi trơn|hối lộ|đòi tiền|vòi tiền|vòi vĩnh|gợi ý đưa tiền|đưa tiền|"
        "nhận tiền|ăn tiền|chung chi|sách nhiễu|nhũng nhiễu|tham nhũng|tiêu cực|quà cáp|bribe|bribed|bribery|corrupt|"
        "corruption|asked for money|hinted that i should pay|kickback|under the table|wanted money|pay to speed"
    ),
    "off_leak_reprisal": (
        "lộ thông tin người phản ánh|lộ tên người phản ánh|bị lộ thông tin|lộ thông tin|trù dập|trả thù|bị trả thù|"
        "reprisal|retaliate|retaliation|leaked my name|knew my name|người bị phản ánh biết|người bị phản ánh đến|"
        "bị lộ cho|told them my name|gave them my name"
    ),
    "off_formal_denunciation": "tố cáo|đơn tố cáo|to cao can bo|toi to cao|denounce|denunciation",
    "off_formal_complaint": "khiếu nại|đơn khiếu nại|khiếu nại quyết định|legal complaint|appeal the|appeal against",
    "off_delay_red_tape": (
        "đùn đẩy|bắt đi lại|bat di lai|đi lại nhiều lần|hồ sơ quá hẹn|hồ sơ của tôi quá hẹn|sent me back|"
        "keeps sending me back|pushed from desk to desk"
    ),
}

# These say misconduct only where an official or an office is spoken of too.
CONDUCT_OF_OFFICIALS: Mapping[str, str] = {
    "off_attitude": (
        "thái độ|quát|quát nạt|quát tháo|mắng|cáu|cáu gắt|cau gat|hách dịch|cửa quyền|thờ ơ|vô cảm|khó chịu|coi thường|"
        "thiếu tôn trọng|không thèm|lớn tiếng|nạt nộ|chửi|xúc phạm|rude|shouted|shouting|yelled|insulted|arrogant|"
        "ignored me|nói trống không|mỉa mai|cười nhạo|mocked|unfriendly|impolite"
    ),
    "off_badge_dress": "đeo thẻ|không đeo thẻ|quần đùi|dép lê|trang phục|ăn mặc|name badge|badge|dressed|shorts",
    "off_working_time": (
        "đi muộn|đến muộn|về sớm|vắng mặt|không có ai trực|không ai trực|không có mặt|chơi game|xem phim|"
        "làm việc riêng|bỏ vị trí|trong giờ làm việc|ngồi chơi|late for work|left early|nobody at the counter|"
        "watching videos|playing games|không có ai|khóa cửa|lướt điện thoại|ngủ gật|on the phone|locked during"
    ),
    "off_delay_red_tape": (
        "quá hẹn|trễ hẹn|chậm trễ|chậm trả|vòng vo|đùn đẩy|gây khó dễ|gây khó khăn|gây phiền hà|làm khó|"
        "đòi thêm giấy tờ|thêm giấy tờ|bắt đi lại|đi lại nhiều lần|hành dân|không giải quyết|không trả lời|né tránh|"
        "ngâm hồ sơ|bao che|làm ngơ|sent me back|red tape|delay|delayed|refused to|keeps sending me|turned a blind eye"
    ),
    "off_smoking_alcohol": "uống rượu|uống bia|mùi rượu|say rượu|hút thuốc|smoke|smoking|drunk|drinking|alcohol",
    "off_assets": (
        "xe công|thu tiền gửi xe|thu tiền|lạm thu|tài sản công|pay for parking|charged me|government car|official car|"
        "tiền gửi xe"
    ),
    "off_residential_public": (
        "lấn chiếm|vỉa hè|xây trái phép|xây dựng trái phép|chắn hết đường|karaoke|xả rác|vượt đèn đỏ|đánh bạc|"
        "không gương mẫu|đe dọa|parks on the pavement|gambling"
    ),
}

PRAISE: Mapping[str, str] = {
    "com_official": (
        "tận tình|chu đáo|niềm nở|nhiệt tình|hướng dẫn tận tình|tận tâm|very kind|very helpful|so helpful|was helpful|"
        "excellent service"
    ),
    "com_group": "mô hình hay|đường hoa|rất đẹp|sạch đẹp|dọn rác cuối tuần|wonderful|beautiful work",
    "com_resident": (
        "khen|khen ngợi|biểu dương|tuyên dương|gương tốt|người tốt việc tốt|việc tốt|nhặt được|trả lại người mất|"
        "giúp đỡ|hoan nghênh|đáng khen|rất tốt|commend|praise|thank her|thank him|well done|great job|good deed|"
        "helped an old"
    ),
}

PANEL_SUBJECT = (
    "pano|pa nô|panô|paner|bảng quy tắc|bang quy tac|bảng quy tắc ứng xử|bảng nội quy|áp phích|bảng tuyên truyền|"
    "biển tuyên truyền|băng rôn|khẩu hiệu|bảng tin|bảng ở|bảng treo|bảng ghi|code of conduct board|the board|"
    "notice board|panel|billboard|poster"
)

PANEL: Mapping[str, str] = {
    "pan_missing": ("chưa có|không có|bị mất|bị tháo|tháo mất|mất rồi|no board|missing|removed|taken down|there is no"),
    "pan_obscured": (
        "che khuất|bị che|che kín|khó nhìn|không nhìn thấy|treo cao|hidden|behind|blocked|cannot see|can t see"
    ),
    "pan_content": (
        "sai chính tả|ghi sai|nội dung sai|tên cũ|phường cũ|quận cũ|vẫn ghi|misspelled|wrong|outdated|no longer works"
    ),
    "pan_damaged": (
        "rách|bị rách|cũ nát|bạc màu|phai màu|hỏng|bị hỏng|gãy|đổ|bong tróc|hoen gỉ|bị bẩn|mờ|torn|broken|faded|"
        "damaged|fell down|rusty|dirty"
    ),
}

QUESTION_WORDS = (
    "bao nhiêu|là bao nhiêu|bao lâu|khi nào|ở đâu|o dau|như thế nào|thế nào|làm sao|làm thế nào|là gì|những gì|cho hỏi|"
    "xin hỏi|hỏi|mấy giờ|ngày nào|có phải|có được không|được không|đến đâu rồi|where|when|how do i|how can i|how much|"
    "what is|what does|can i|who is|which|do i need|will the|is there"
)

QUESTION: Mapping[str, str] = {
    "q_penalty": "phạt bao nhiêu|mức phạt|bị phạt|phạt tiền|how much is the fine|the fine|penalty|fined",
    "q_status": ("xử lý đến đâu|đến đâu rồi|tra cứu|tra cứu giúp|mã hồ sơ|tình trạng hồ sơ|status of my|my case|case code"),
    "q_privacy": (
        "lộ tên|bảo mật|ẩn danh|giấu tên|thông tin cá nhân|anonymous|anonymously|see my name|privacy|confidential"
    ),
    "q_procedure": "lịch tiếp công dân|tiếp công dân|cách gửi|bao lâu thì|thời hạn|how do i report|how long",
    "q_contact": "số điện thoại|địa chỉ|đường dây nóng|ở đâu|liên hệ|phone number|hotline|address|where is",
    "q_code": "quy tắc ứng xử|quy tắc|quy định|code of conduct|the code|rules",
    "q_out_of_scope": (
        "căn cước|sổ đỏ|khai sinh|hộ khẩu|tạm trú|kết hôn|giấy phép|thủ tục|birth certificate|passport|"
        "register a birth|licence"
    ),
}

VIOLATION: Mapping[str, str] = {
    "vio_litter": (
        "rác|rac|rác thải|vứt rác|xả rác|đổ rác|đốt rác|bãi rác|rác tồn đọng|nước thải|phế thải|xả thải|bốc mùi|"
        "mùi hôi|hôi thối|ô nhiễm|cống tràn|nước cống|cống tắc|litter|rubbish|trash|garbage|waste|dumps|dumping|dumped|"
        "sewage|stinks|smell"
    ),
    "vio_hygiene": (
        "hút thuốc|khạc nhổ|phóng uế|tiểu bậy|tè bậy|đái bậy|tiểu tiện|smoke|smoking|spit|spitting|urinate|urinating"
    ),
    "vio_noise": (
        "ồn|ồn ào|ầm ĩ|tiếng ồn|karaoke|loa kéo|loa to|mở nhạc|nhạc to|hát to|không ngủ được|ko ngu|thi công đêm|"
        "khoan cắt|noise|noisy|loud|loud music|karaoke bar|construction noise|can t sleep"
    ),
    "vio_sidewalk": (
        "vỉa hè|lấn chiếm|chiếm vỉa hè|chiếm hết|lòng đường|đỗ xe|để xe|đậu xe|xe đỗ|kê bàn ghế|biển quảng cáo|"
        "chắn lối|chắn đường|bán hàng rong|chợ cóc|pavement|sidewalk|parked|parking|cars park|blocks the|blocking the|"
        "street vendors"
    ),
    "vio_pets": (
        "thả rông|chó thả|chó dữ|rọ mõm|nuôi chó|chó mèo|phân chó|chó cắn|gà vịt|dog|dogs|pets|stray|off the leash|leash"
    ),
    "vio_vandalism": (
        "vẽ bậy|viết bậy|dán quảng cáo|rao vặt|tờ rơi|khoan cắt bê tông|cho vay tiền|chặt cây|phá cây|bẻ cành|"
        "ghế đá bị|đập phá|phá hoại|graffiti|vandal|vandalised|vandalized|broke the|flyers|leaflets stuck|cut down"
    ),
    "vio_disorder": (
        "chửi|chửi bậy|chửi nhau|nói tục|gây gổ|gây rối|mất trật tự|tụ tập|say rượu|đe dọa|đánh bạc|cờ bạc|mất trộm|"
        "trộm cắp|trộm vặt|nghiện|hút chích|swear|swearing|insults|drunk|gambling|theft|stolen|threatened|gang"
    ),
    "vio_religious_relic": (
        "trong chùa|ở chùa|vào đền|trong đền|đình làng|nhà thờ|di tích|xem bói|bói toán|mê tín|đồng bóng|váy ngắn|"
        "phản cảm|pagoda|temple|shrine|church|relic|fortune teller|fortune tellers"
    ),
    "vio_trade": (
        "chèo kéo|chặt chém|ép giá|nâng giá|tranh khách|cân điêu|cân thiếu|hàng giả|bán đắt|ngoài chợ|cổng chợ|"
        "tiểu thương|overcharged|three times the price|rip off|hustle|touts|stall|market stall|vendor"
    ),
    "vio_traffic": (
        "ngược chiều|vượt đèn đỏ|lạng lách|bốc đầu|phóng nhanh|đua xe|không đội mũ|bấm còi|xe quá tải|chở quá tải|"
        "speeding|speed along|wrong way|red light|motorbikes speed|racing|honking"
    ),
    "vio_other_place": (
        "bảo tàng|thư viện|nhà văn hóa|công viên nước|khu vui chơi|sân chơi|chen lấn|chen hàng|museum|library|"
        "water park|jump the queue"
    ),
}

SUGGESTION_WORDS = (
    "đề nghị|đề xuất|kiến nghị|góp ý|nên|nên có|nên thêm|bổ sung|mong|mong muốn|đặt thêm|lắp thêm|bố trí thêm|"
    "trồng thêm|thêm|suggest|suggestion|propose|please add|should|could you|could the|would be nice|it would help|"
    "please install|please open"
)

SUGGESTION: Mapping[str, str] = {
    "sug_code_content": (
        "vào quy tắc|bộ quy tắc|nội dung quy tắc|bổ sung quy định|add a rule|the code should|code of conduct"
    ),
    "sug_communication": (
        "tuyên truyền|loa phường|loa truyền thanh|tờ rơi tuyên truyền|fanpage|tiktok|nhóm zalo|print the code|leaflet|"
        "loudspeaker"
    ),
    "sug_service": (
        "thủ tục|lấy số|ghế chờ|một cửa|điểm phục vụ|phục vụ hành chính|open the counter|online form|queue number"
    ),
    "sug_facilities": (
        "thùng rác|nhà vệ sinh|ghế đá|đèn đường|đèn|chiếu sáng|cây xanh|sân chơi|công viên|dụng cụ tập|camera|"
        "gờ giảm tốc|vạch kẻ|biển báo|ổ gà|mặt đường|nắp cống|vòi nước|bin|bins|light|lights|lamp|street light|"
        "street lamp|bench|benches|toilet|toilets|playground|pothole|potholes|trees|crossing|park"
    ),
    "sug_community_rules": (
        "hương ước|quy ước|danh hiệu văn hóa|gia đình văn hóa|phong trào|neighbourhood convention|convention"
    ),
    "sug_feedback_channel": "hòm thư|chatbot|bot|đường dây nóng|ứng dụng|suggestion box|feedback channel|the app",
}
