"""The counter: an officer writes down what somebody tells, reads it back, files it and hands over a receipt.

Nothing is kept between the steps but files: what was typed travels in the page, so a form that nobody sends leaves no trace.
Read in this order: `typed` (the form as it was typed, and what is wrong with it), `photos` (files between the steps),
`pages` (what each step shows), `steps` (which step comes next).
"""

from admin.counter.steps import COUNTER, post_counter, show_counter

__all__ = ["COUNTER", "post_counter", "show_counter"]
