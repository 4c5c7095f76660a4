"""One file per thing one can do; each takes an open unit of work, and whoever opened it commits.

Read in this order: `city` (what every service may ask: wards, names, calendar), `working_calendar`, `file_case` and
`add_to_case` (the resident's side), `answer_case`, `note_case`, `close_case`, `move_case` (the desk's), then `sign_in`
and `staff_accounts`. What is decided by plain rules is in `bot.domain`; what is asked or said in a chat, in
`handlers.dialogue`.
"""
