"""The codes of conduct and what breaking them costs: `codes` hears what is asked, `code_pages` turns the pages."""
