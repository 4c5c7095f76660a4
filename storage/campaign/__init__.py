"""Remembers the campaign ledger.

Read in this order: `scope` (whose ledger a viewer sees), `boards`, `entries` (with groups and settings), `praises`,
`figures` (what the review takes from all of it), `photos` and `fading` (what goes when its time is over).
"""

from storage.campaign.boards import SqlBoards
from storage.campaign.entries import SqlLedger
from storage.campaign.figures import SqlCampaign
from storage.campaign.praises import SqlPraises

__all__ = ["SqlBoards", "SqlCampaign", "SqlLedger", "SqlPraises"]
