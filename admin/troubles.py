"""Which field of a form a refusal is about, so that its page can say so beside it. What is refused, the services decide."""

# The wording key of a refusal, and the name of the field that can be mended.
_FIELDS = {
    "text_is_empty": "text",
    "desk_text_too_long": "text",
    "desk_case_mention_unknown": "text",
    "desk_page_move_words_too_long": "text",
    "desk_case_template_missing": "template",
    "campaign_board_unknown": "board",
    "desk_outcome_missing": "outcome",
    "postpone_day_bad": "new_day",
    "postpone_reason_too_long": "text",
    "proposal_gone": "text",
    "proposal_not_yours": "text",
    "closing_duplicate_open": "duplicate_of",
    "closing_duplicate_unknown": "duplicate_of",
    "closing_override_not_yours": "override",
    "ward_unknown": "ward",
    "dispute_sent_back_before": "ward",
    "dispute_nobody_else": "ward",
    "reach_way_missing": "way",
    "reach_day_wrong": "day",
    "dispute_reason_missing": "text",
    "case_already_there": "ward",
    "desk_move_why_missing": "why",
    "desk_case_not_assignable": "username",
    "desk_case_exclude_unknown": "username",
    "desk_bulk_whom_missing": "username",
    "desk_case_other_not_found": "other",
    "desk_case_not_one_matter": "other",
    "desk_case_nothing_to_split": "message",
    "desk_files_too_many": "files",
    "desk_files_too_large": "files",
    "desk_files_refused": "files",
    "person_desk_pause_missing": "reason",
    "wish_check_missing": "checked",
    "desk_password_wrong": "current",
    "desk_password_differs": "again",
    "desk_password_same": "new",
    "desk_password_short": "new",
    "desk_password_long": "new",
    "desk_password_common": "new",
    "desk_password_named": "new",
    "desk_sign_in_wrong": "password",
    "desk_sign_in_again": "password",
}
# Where a form calls its words or its only field otherwise.
_IN_FORM = {
    ("attach", "text_is_empty"): "files",
    ("identity", "text_is_empty"): "reason",
    ("split", "settings_choice_unknown"): "kind",
    ("assign", "dispute_closed_it_before"): "username",
    ("pause", "settings_choice_unknown"): "length",
}


def field_of(key: str, form: str = "") -> str:
    """The field's name; empty when it is about the form, or the case, as a whole.

    Args:
        key: The wording key of what is said.
        form: The form's name, where that makes a difference: "attach".
    """
    return _IN_FORM.get((form, key)) or _FIELDS.get(key, "")
