"""Figures, as ratios against a named rival in the same run. Never a timed test: see the README's Speed."""
