"""A second opinion on everything that passes: python-telegram-bot reads each update, each call and each answer.

What it does not understand is written down as a violation; `BotApiServer.stop` raises when there is one, so no test that
uses the server can pass over it.
"""

import inspect
import json
import re
import warnings
from collections.abc import Mapping
from functools import cache
from typing import Any

import telegram
from telegram import constants

from tests.bot_api.rules import units

# What each method answers with, as python-telegram-bot reads it; None where it is a plain True.
ANSWERS: dict[str, type[telegram.TelegramObject] | None] = {
    "getMe": telegram.User,
    "sendMessage": telegram.Message,
    "sendPhoto": telegram.Message,
    "sendDocument": telegram.Message,
    "getFile": telegram.File,
    "getWebhookInfo": telegram.WebhookInfo,
}
# Which limits of `telegram.constants` hold for which parameter of which method: most UTF-16 units.
LENGTHS = {
    ("sendMessage", "text"): constants.MessageLimit.MAX_TEXT_LENGTH,
    ("sendPhoto", "caption"): constants.MessageLimit.CAPTION_LENGTH,
    ("sendDocument", "caption"): constants.MessageLimit.CAPTION_LENGTH,
    ("answerCallbackQuery", "text"): constants.CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH,
    ("setWebhook", "secret_token"): constants.WebhookLimit.MAX_SECRET_TOKEN_LENGTH,
}
# What python-telegram-bot fills in by itself, or reads into another shape on purpose.
_NOT_REPEATED = frozenset({"media_group_id"})


def update_violations(update: Mapping[str, Any]) -> list[str]:
    """What python-telegram-bot reads differently from what was fed, or not at all."""
    try:
        parsed = telegram.Update.de_json(dict(update), None)
    except Exception as error:  # whatever it says, it is a finding
        return [f"Update.de_json: {error!r}"]
    found = _unknown(parsed, "update")
    found += _differences(dict(update), json.loads(parsed.to_json()), "update")
    return found


def call_violations(method: str, parameters: Mapping[str, Any]) -> list[str]:
    """What its own method of that name would not accept."""
    signature = _signature(method)
    if signature is None:
        return [f"{method}: no such method"]
    found = [f"{method}: unknown parameter {name}" for name in parameters if name not in signature.parameters]
    required = [
        name
        for name, parameter in signature.parameters.items()
        if parameter.default is inspect.Parameter.empty and name != "self" and parameter.kind is not parameter.VAR_KEYWORD
    ]
    found += [f"{method}: {name} is missing" for name in required if name not in parameters]
    for (limited, name), most in LENGTHS.items():
        if limited == method and units(str(parameters.get(name, ""))) > most:
            found.append(f"{method}: {name} is longer than {int(most)}")
    if isinstance(markup := parameters.get("reply_markup"), dict):
        found += _markup_violations(method, markup)
    if method == "setMyCommands":
        found += _command_violations(parameters)
    return found


def answer_violations(method: str, result: object) -> list[str]:
    """What it could not read of our answer."""
    kind = ANSWERS.get(method)
    if method == "getUpdates" or kind is None:
        return []
    if not isinstance(result, dict):
        return [f"{method}: answers with {result!r}"]
    return _unknown(kind.de_json(dict(result), None), method)


@cache
def _signature(method: str) -> inspect.Signature | None:
    name = re.sub("([A-Z])", lambda letter: "_" + letter[1].lower(), method)
    found = getattr(telegram.Bot, name, None)
    return inspect.signature(found) if found else None


def _markup_violations(method: str, markup: dict[str, Any]) -> list[str]:
    kinds: dict[str, Any] = {
        "inline_keyboard": telegram.InlineKeyboardMarkup,
        "keyboard": telegram.ReplyKeyboardMarkup,
        "remove_keyboard": telegram.ReplyKeyboardRemove,
    }
    kind = next((kinds[key] for key in kinds if key in markup), None)
    if kind is None:
        return [f"{method}: no keyboard of any kind: {sorted(markup)}"]
    if kind is telegram.ReplyKeyboardMarkup:  # it has no de_json
        rows = [[telegram.KeyboardButton.de_json(button, None) for button in row] for row in markup["keyboard"]]
        options = {key: value for key, value in markup.items() if key != "keyboard"}
        parsed: telegram.TelegramObject = telegram.ReplyKeyboardMarkup(rows, **options)
    elif kind is telegram.ReplyKeyboardRemove:
        parsed = kind(**{key: value for key, value in markup.items() if key != "remove_keyboard"})
    else:
        parsed = kind.de_json(markup, None)
    found = _unknown(parsed, f"{method}.reply_markup")
    for row in markup.get("inline_keyboard", ()):
        for button in row:
            size = len(str(button.get("callback_data", "")).encode())
            if size > constants.InlineKeyboardButtonLimit.MAX_CALLBACK_DATA:
                found.append(f"{method}: callback_data of {size} bytes")
    return found


def _command_violations(parameters: Mapping[str, Any]) -> list[str]:
    limit = constants.BotCommandLimit
    found = []
    for entry in parameters.get("commands", ()):
        command = telegram.BotCommand.de_json(entry, None)
        if not limit.MIN_COMMAND <= len(command.command) <= limit.MAX_COMMAND:
            found.append(f"setMyCommands: {command.command}")
        if not limit.MIN_DESCRIPTION <= len(command.description) <= limit.MAX_DESCRIPTION:
            found.append(f"setMyCommands: description of {command.command}")
    if scope := parameters.get("scope"):
        found += _unknown(telegram.BotCommandScope.de_json(scope, None), "setMyCommands.scope")
    return found


def _unknown(value: object, where: str) -> list[str]:
    """Fields that no class of python-telegram-bot knows; it collects them in `api_kwargs`."""
    if isinstance(value, list | tuple):
        return [found for item in value for found in _unknown(item, where)]
    if not isinstance(value, telegram.TelegramObject):
        return []
    found = [f"{where}: unknown field {name}" for name in value.api_kwargs]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # reading a deprecated attribute is not our affair
        for name in _attributes(type(value)):
            found += _unknown(getattr(value, name, None), f"{where}.{name}")
    return found


def _attributes(kind: type) -> list[str]:
    slots = [name for base in kind.__mro__ for name in getattr(base, "__slots__", ())]
    return [name for name in slots if not name.startswith("_") and name != "api_kwargs"]


def _differences(fed: object, read: object, where: str) -> list[str]:
    """Everything that was fed must be in what was read; more may be (defaults)."""
    if isinstance(fed, dict) and isinstance(read, dict):
        found = []
        for name, value in fed.items():
            if name not in read:
                found += [] if value in (False, []) or name in _NOT_REPEATED else [f"{where}.{name} was lost"]
            else:
                found += _differences(value, read[name], f"{where}.{name}")
        return found
    if isinstance(fed, list) and isinstance(read, list):
        if len(fed) != len(read):
            return [f"{where}: {len(read)} of {len(fed)}"]
        return [
            one
            for number, pair in enumerate(zip(fed, read, strict=True))
            for one in _differences(*pair, f"{where}[{number}]")
        ]
    return [] if fed == read else [f"{where}: {read!r} instead of {fed!r}"]
