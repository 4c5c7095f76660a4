"""`python -m bot …`, the same as `homthu …`."""

import sys


def main() -> None:
    """Run the command line and leave with its exit code: 0 done, 1 failed, 2 wrong usage or settings."""
    from bot.sparing import spare

    spare()
    from bot.cli import command

    sys.exit(command(sys.argv[1:]))


if __name__ == "__main__":
    main()
