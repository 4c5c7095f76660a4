"""The city's days off are the library's, although only one of its countries is loaded."""

import subprocess
import sys
from datetime import date
from zoneinfo import ZoneInfo

from bot.services.working_calendar import load_calendar
from tests.house.imports import ROOT

YEARS = range(2024, 2031)


def test_the_days_off_are_the_librarys_own() -> None:
    ours = load_calendar({}, ZoneInfo("Asia/Ho_Chi_Minh"), YEARS).days_off
    import holidays

    assert ours == frozenset(holidays.country_holidays("VN", years=list(YEARS)))
    assert len(ours) > 60
    assert date(2026, 9, 2) in ours


def test_the_other_countries_stay_where_they_are() -> None:
    """Every process would carry 250 countries along; and whoever wants them later still gets them."""
    code = (
        "import sys; from zoneinfo import ZoneInfo; from bot.services.working_calendar import load_calendar;"
        "load_calendar({}, ZoneInfo('UTC'), [2026]);"
        "print(sum(name.startswith('holidays.countries') for name in sys.modules));"
        "import holidays; print(len(holidays.country_holidays('FR', years=2026)) > 5)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["1", "True"]
