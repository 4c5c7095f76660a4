"""The tables as they are now. How they came to be so is in `storage.migrations`; a test holds the two together.

Enumerations are kept as their values, moments in UTC. Rows that wait have partial indexes of their own, so that taking
the next one never looks at the history, which only grows.
"""

from storage.tables.after import consents, identities, identity_openings, ratings, secret_tries
from storage.tables.base import metadata
from storage.tables.campaign import (
    board_cases,
    board_checks,
    boards,
    entry_groups,
    ledger_entries,
    ledger_settings,
    praises,
    residential_groups,
)
from storage.tables.cases import cases
from storage.tables.city import calendar_days, calendar_sweeps, category_settings, heartbeat, retention_rules, ward_settings
from storage.tables.closings import closings, proposals
from storage.tables.evidence import evidence_checks, photo_prints, photo_words
from storage.tables.keys import case_keys, resident_keys, sealed_tables, vault_keys
from storage.tables.mail import FINISHED, HANDLED, addresses, bonds, conversations, file_links, inbox, outbox, residents
from storage.tables.neighbours import deliveries, subscriptions
from storage.tables.notices import notice_choices, notice_facts, notices, staff_chats
from storage.tables.people import (
    absences,
    case_exclusions,
    guesses,
    half_sessions,
    mentions,
    presences,
    recovery_codes,
    saved_views,
    second_factors,
    sessions,
    staff,
    staff_drafts,
    templates,
    used_steps,
)
from storage.tables.published import publications
from storage.tables.reviews import review_drafts, review_rounds, reviews
from storage.tables.serving import api_keys, service_lists
from storage.tables.sheets import bulletins, long_works
from storage.tables.threads import (
    attachments,
    case_events,
    case_words,
    doomed_files,
    is_ours,
    message_revisions,
    messages,
    routing_corrections,
)
from storage.tables.trail import audit, audit_heads, audit_tip

__all__ = [
    "FINISHED",
    "HANDLED",
    "absences",
    "addresses",
    "api_keys",
    "attachments",
    "audit",
    "audit_heads",
    "audit_tip",
    "board_cases",
    "board_checks",
    "boards",
    "bonds",
    "bulletins",
    "calendar_days",
    "calendar_sweeps",
    "case_events",
    "case_exclusions",
    "case_keys",
    "case_words",
    "cases",
    "category_settings",
    "closings",
    "consents",
    "conversations",
    "deliveries",
    "doomed_files",
    "entry_groups",
    "evidence_checks",
    "file_links",
    "guesses",
    "half_sessions",
    "heartbeat",
    "identities",
    "identity_openings",
    "inbox",
    "is_ours",
    "ledger_entries",
    "ledger_settings",
    "long_works",
    "mentions",
    "message_revisions",
    "messages",
    "metadata",
    "notice_choices",
    "notice_facts",
    "notices",
    "outbox",
    "photo_prints",
    "photo_words",
    "praises",
    "presences",
    "proposals",
    "publications",
    "ratings",
    "recovery_codes",
    "resident_keys",
    "residential_groups",
    "residents",
    "retention_rules",
    "review_drafts",
    "review_rounds",
    "reviews",
    "routing_corrections",
    "saved_views",
    "sealed_tables",
    "second_factors",
    "secret_tries",
    "service_lists",
    "sessions",
    "staff",
    "staff_chats",
    "staff_drafts",
    "subscriptions",
    "templates",
    "used_steps",
    "vault_keys",
    "ward_settings",
]
