"""Residents report problems of their ward by chat; staff answer them from a web page.

Read in this order: `bot.domain` (what a ward, a case and a reply are), `bot.routing` and `bot.understanding` (where a
message belongs, what it is about), `bot.services` (what one can do), `handlers` (how a resident asks for it), `admin`
(how staff do), `storage` (how it is remembered), `bot.app` (how the parts meet).

The core, `bot`, knows none of its neighbours: only `bot.app` and `bot.cli` see them all.
"""
