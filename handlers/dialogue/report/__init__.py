"""A new matter, from its first words to the case: what is understood of it, what is asked, the card, and the filing.

Read in this order: `drafting` (its heart: `understand` and `next_question`, pure), `card` and `card_official` (what the
resident confirms), `filing`, `joining` (others report the same), then `safety`, `formal` and `apart`, for special words.
"""
