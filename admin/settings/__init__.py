"""The desk's settings: wards, people, absences, ready texts, deadlines, working days. Decides nothing: `bot.services` does.

Read in this order: `fields` (a form's fields and what is wrong with them), `forms` (read one, do it, lead on), then one file
a page, `routes`.
"""

from admin.settings.routes import add_settings_routes

__all__ = ["add_settings_routes"]
