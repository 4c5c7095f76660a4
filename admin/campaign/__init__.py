"""The campaign ledger's pages: what is due, the boards, what was done, the residential groups, and the contest.

Read in this order: `common` (whose ledger it is, and how a form is done), `overview`, `boards` and `board`, `entries`,
`groups`, `praises` and `praise`, `case_board` (a case and its boards), `routes`.
"""

from admin.campaign.routes import add_campaign_routes

__all__ = ["add_campaign_routes"]
