"""Tells whether two pictures are the same photo, whatever was done to it between: a program of its own, like `bot.imaging`.

Read in this order: `words` (a picture as a few dozen numbers that survive cropping, resizing, stamps and re-encoding),
`alignment` (two pictures laid over one another, to tell the same photo from another one of the same place), `taken` (when
and where a camera says it was), `__main__` (how it is asked). It imports numpy, and nothing of ours but this package and
`bot.imaging`; no process of ours imports it: it is run, may be killed, and knows no secret.
"""
