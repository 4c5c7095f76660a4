"""What the law wants signed and handed in, or told in person; a chat or a slip from the counter is neither (L-03, L-04)."""

FORMAL = frozenset({"off_formal_complaint", "off_formal_denunciation"})  # ids of `categories.json`
