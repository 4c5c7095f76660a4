"""Plain values and pure rules; imports nothing but the standard library.

Read in this order: `ward`, `people`, `incoming` (what a resident sent), `draft` (what is understood so far), `case`,
`thread` (what was said about a case), `outcome`, `correction` (what a move teaches), `reply` (what we say), `working_time`,
`retry`.
"""
