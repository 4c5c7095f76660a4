"""What concerns the resident as a person: being reached, their data, whom to meet, being nameless, a pause.

Read `person` first: the one table of words, buttons and awaited answers for the others.
"""
