"""A matter that is filed: what is added to it, how it stands, its receipt, and what the resident says of its end.

Read in this order: `after_filing` (what is awaited then), `follow_up`, `my_cases`, `telling`, `receipts` and `finding`
(whoever has lost the chat), `rating`.
"""
