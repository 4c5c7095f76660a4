"""What the table of a filed report's cost says of those who were not answered."""

from benchmarks.intake import Rounds, stalled
from benchmarks.intake_bots import OURS, REFERENCE


def test_each_program_answers_for_its_own_residents() -> None:
    """Over all rounds, under the load in which they waited; a program that left nobody waiting is not named."""
    rounds: Rounds = {
        ("load", OURS.name): [{"stalls": {}}, {"stalls": {}}],
        ("restart", OURS.name): [{}, {"stalls": {"silent": 0}}],
        ("restart", REFERENCE.name): [{"stalls": {"silent": 5, "wrong": 3}}, {"stalls": {"silent": 8}}],
    }
    assert stalled(rounds) == f"{REFERENCE.name} (restart) 16"
    del rounds["restart", REFERENCE.name]
    assert stalled(rounds) == "none"
