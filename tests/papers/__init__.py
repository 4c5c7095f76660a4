"""Documents of paper: what is in them, read back with other programs than those that wrote them."""
