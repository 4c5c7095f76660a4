"""What is due without anybody asking: a loop that looks at stored due times, so that nothing is forgotten by a restart.

`timekeeper` is the loop; each kind of work is a `DueWork` in a file of its topic, and what it decides is elsewhere. One
process of all runs it (`handlers.leading`). Should two for a moment: what one has taken is passed over by the other, and
moving a due time on is part of the same transaction as the work.
"""

from handlers.timekeeping.answers import StuckAnswers
from handlers.timekeeping.clocks import ChangedCalendar, DueWarnings
from handlers.timekeeping.drafts import DueDrafts, Remind
from handlers.timekeeping.notices import LOOK_FOR_NOTICES_EVERY, DueDigests, DueNotices
from handlers.timekeeping.owners import IdleOwners
from handlers.timekeeping.papers import OldPapers
from handlers.timekeeping.plans import DuePlans
from handlers.timekeeping.prints import LOOK_FOR_PICTURES_EVERY, DuePrints
from handlers.timekeeping.questions import LaterQuestions
from handlers.timekeeping.retention import DoomedFiles, DueErasures, DueFadings, DueLedger, ErasedBytes, OldMail
from handlers.timekeeping.reviews import DueReviews
from handlers.timekeeping.timekeeper import LOOK_EVERY, MOST_ROUNDS, DueWork, Timekeeper
from handlers.timekeeping.trail import DueHeads

__all__ = [
    "LOOK_EVERY",
    "LOOK_FOR_NOTICES_EVERY",
    "LOOK_FOR_PICTURES_EVERY",
    "MOST_ROUNDS",
    "ChangedCalendar",
    "DoomedFiles",
    "DueDigests",
    "DueDrafts",
    "DueErasures",
    "DueFadings",
    "DueHeads",
    "DueLedger",
    "DueNotices",
    "DuePlans",
    "DuePrints",
    "DueReviews",
    "DueWarnings",
    "DueWork",
    "ErasedBytes",
    "IdleOwners",
    "LaterQuestions",
    "OldMail",
    "OldPapers",
    "Remind",
    "StuckAnswers",
    "Timekeeper",
]
