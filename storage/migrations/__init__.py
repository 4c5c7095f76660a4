"""How the tables came to be as they are: one dated sentence a step, each walked up and down in the tests."""

HEAD = "2026_11_23_tie_chats"  # the newest revision; a test holds it to Alembic's own answer
