"""What a review is made of: figures counted from the cases (`counting`), and what staff write beside them (`texts`)."""
