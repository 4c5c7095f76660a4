"""How a message is handled, from the channel that brings it to the channel that carries the answer.

Read in this order: `channels` (what each messenger hands over and takes), `intake` (keep every raw update once, then work
through them in order), `dialogue` (the conversation, the same on every channel), `delivery` (the outbox, one reply at a
time per address). Nothing here knows a database or a page: `bot.ports` stands between.
"""
