"""Every setting, read once at start from `HOMTHU_…` variables. The README's table is tested against this class."""

import ipaddress
import re
from pathlib import Path
from typing import Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsError

PREFIX = "HOMTHU_"

# What pydantic finds, said as a mend. `{allowed}`, `{le}` and the like are the values it names.
_MENDS = {
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "literal_error": "must be {expected}",
    "string_unicode": "must be UTF-8 text",
}
_ADDRESS = re.compile(r"https?://(?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?(?:/[^\s?#]*)?")
_LINK = re.compile(r"https://[\w.-]+(?::\d{1,5})?(?:/[^\s\"<>{}^`|\\]*)?", re.ASCII)
# A scheme, a host, a port: no wildcard and no path. Plain http only on one's own machine, to try it out.
_ORIGIN = re.compile(r"(?:https://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|http://(?:localhost|127\.0\.0\.1))(?::\d{1,5})?")
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{3,}", re.ASCII)
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{8,256}", re.ASCII)


LONGEST_LINK = 300  # characters; more makes a QR code that no phone reads from a board


class Settings(BaseSettings):
    """What an operator may set. Without any of it `run` works: SQLite, web chat, staff desk."""

    # An empty variable is as good as none: compose files and unit files write `HOMTHU_PORT=`.
    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True)

    data_dir: Path = Field(Path("data"), description="Folder for the database, the files and the keys.")
    database_url: str = Field("", description="`postgresql://…` for PostgreSQL; empty: SQLite in `DATA_DIR`.")
    files_url: str = Field("", description="Where files are kept: a folder or `s3://…`; empty: `DATA_DIR/files`.")
    host: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: int = Field(8080, ge=0, le=65535, description="Port the web server listens on; 0 takes a free one.")
    public_url: str = Field("", description="How residents reach this server, `https://…`; needed for webhooks.")
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Wraps every key and signs forms, 32 characters or more; empty: made once, kept in `DATA_DIR`.",
    )
    secret_key_new: SecretStr = Field(SecretStr(""), description="What `homthu keys rotate` changes `SECRET_KEY` to.")
    telegram_token: SecretStr = Field(SecretStr(""), description="The bot's token from BotFather; empty: no Telegram.")
    telegram_api_base: str = Field("https://api.telegram.org", description="Where the Bot API is.")
    telegram_mode: Literal["polling", "webhook"] = Field("polling", description="How updates come: `polling` or `webhook`.")
    telegram_webhook_secret: SecretStr = Field(
        SecretStr(""), description="What Telegram must send with each update; 8 to 256 of `A-Za-z0-9_-`."
    )
    telegram_per_second: int = Field(
        30,
        ge=1,
        le=1000,
        description="Messages a second over all chats, and a 30th of it in each; more than 30 only where allowed.",
    )
    zalo_token: SecretStr = Field(SecretStr(""), description="The bot's token from Zalo Bot Creator; empty: no Zalo.")
    zalo_api_base: str = Field("https://bot-api.zaloplatforms.com", description="Where the Zalo Bot API is.")
    zalo_mode: Literal["polling", "webhook"] = Field(
        "polling", description="How updates come: `polling` or `webhook`; a webhook loses none on their way."
    )
    zalo_webhook_secret: SecretStr = Field(
        SecretStr(""), description="What Zalo must send with each update; 8 to 256 of `A-Za-z0-9_-`."
    )
    zalo_per_second: int = Field(
        5,
        ge=1,
        le=1000,
        description="Messages a second over all chats, a fifth of it in each; Zalo publishes no number.",
    )
    zalo_link: str = Field(
        "", description="The bot's public link from Bot Creator, for pages and posters; empty: none shown."
    )
    clamav: str = Field(
        "",
        description="ClamAV's socket, a path or `host:port` of your own: then nothing unscanned is kept or served.",
    )
    embed_on: str = Field(
        "",
        description="Sites that may show the chat in a frame: `https://…` origins, space between; empty: none.",
    )
    own_networks: str = Field(
        "",
        description="Networks of your own that may be told of cases, like `10.0.0.0/8`, space between; empty: none.",
    )
    timezone: str = Field("Asia/Ho_Chi_Minh", description="The city's time zone: deadlines and pages follow it.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")

    @field_validator("timezone")
    @classmethod
    def _timezone_exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as gone:
            raise ValueError(f"no such time zone: {name}; use a name like Asia/Ho_Chi_Minh") from gone
        return name

    @field_validator("database_url")
    @classmethod
    def _engine_is_known(cls, url: str) -> str:
        if url and not url.startswith(("postgresql://", "postgresql+asyncpg://", "postgres://", "sqlite://")):
            raise ValueError("must begin with postgresql:// or be empty")
        return url

    @field_validator("clamav")
    @classmethod
    def _clamav_is_near(cls, address: str) -> str:
        """Files of residents go there unencrypted: never over the open net."""
        if not address or address.startswith("/"):
            return address
        host, _, port = address.rpartition(":")
        try:
            is_near = host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_private
        except ValueError:
            is_near = False
        if not is_near or not (port.isascii() and port.isdigit() and 0 < int(port) < 1 << 16):
            raise ValueError("must be a path, or host:port with a loopback or private address, like 127.0.0.1:3310")
        return address

    @field_validator("telegram_api_base", "zalo_api_base")
    @classmethod
    def _base_is_http(cls, url: str) -> str:
        if not _ADDRESS.fullmatch(url):
            raise ValueError("must be an address that begins with https:// (or http:// for a server of your own)")
        return url.rstrip("/")

    @field_validator("public_url")
    @classmethod
    def _public_url_is_http(cls, url: str) -> str:
        if url and not _ADDRESS.fullmatch(url):
            raise ValueError("must be an address like https://gopy.example.vn, or empty")
        return url.rstrip("/")

    @field_validator("embed_on")
    @classmethod
    def _embedded_on_origins(cls, text: str) -> str:
        if not all(_ORIGIN.fullmatch(origin) for origin in text.split()):
            raise ValueError("must be origins like https://phuthuong.example.vn, without a path or *, one space between")
        return " ".join(text.split())

    @field_validator("own_networks")
    @classmethod
    def _networks_are_whole(cls, text: str) -> str:
        for word in text.split():
            try:
                network = ipaddress.ip_network(word)
            except ValueError:
                raise ValueError("must be networks like 10.0.0.0/8, one space between") from None
            if network.prefixlen < 8:
                raise ValueError("must be networks like 10.0.0.0/8; a shorter prefix would let everything in")
        return " ".join(text.split())

    @field_validator("telegram_token")
    @classmethod
    def _token_has_its_shape(cls, token: SecretStr) -> SecretStr:
        if token.get_secret_value() and not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("is not a bot token; BotFather gives one like 123456:ABC-DEF")
        return token

    @field_validator("zalo_token")
    @classmethod
    def _zalo_token_has_its_shape(cls, token: SecretStr) -> SecretStr:
        if token.get_secret_value() and not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("is not a bot token; Zalo Bot Creator gives one like 12345689:abc-xyz")
        return token

    @field_validator("zalo_link")
    @classmethod
    def _zalo_link_is_safe(cls, url: str) -> str:
        """Residents follow it from a page and from paper."""
        if url and not (_LINK.fullmatch(url) and len(url) <= LONGEST_LINK):
            raise ValueError("must be an address that begins with https://, or empty")
        return url

    @field_validator("telegram_webhook_secret", "zalo_webhook_secret")
    @classmethod
    def _secret_is_sendable(cls, secret: SecretStr) -> SecretStr:
        if secret.get_secret_value() and not _WEBHOOK_SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError("must be 8 to 256 of A-Z a-z 0-9 _ -")
        return secret

    @field_validator("secret_key", "secret_key_new")
    @classmethod
    def _key_is_long(cls, key: SecretStr) -> SecretStr:
        if 0 < len(key.get_secret_value()) < 32:
            raise ValueError("must be 32 characters or more")
        if not key.get_secret_value().isprintable():
            raise ValueError("must be printable characters only")
        return key

    @model_validator(mode="after")
    def _webhook_has_what_it_needs(self) -> Self:
        for name, token, mode, secret in (
            ("Telegram", self.telegram_token, self.telegram_mode, self.telegram_webhook_secret),
            ("Zalo", self.zalo_token, self.zalo_mode, self.zalo_webhook_secret),
        ):
            if not token.get_secret_value() or mode != "webhook":
                continue
            if not secret.get_secret_value():
                raise ValueError(
                    f"{name.upper()}_WEBHOOK_SECRET: is missing, the webhook would accept anybody;"
                    " set 8 to 256 of A-Za-z0-9_-"
                )
            if not self.public_url:
                raise ValueError(f"PUBLIC_URL: is missing, {name} must be told where the webhook is; set it to https://…")
        return self

    @property
    def is_sqlite(self) -> bool:
        return not self.database_url or self.database_url.startswith("sqlite")

    @property
    def embed_origins(self) -> tuple[str, ...]:
        """Sites that may show the chat in a frame."""
        return tuple(self.embed_on.split())

    @property
    def networks(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """Networks of one's own that may be told of cases."""
        return tuple(ipaddress.ip_network(word) for word in self.own_networks.split())

    @property
    def secrets(self) -> list[str]:
        """What no log line may hold; as it stands in its variable."""
        fields = (
            self.telegram_token,
            self.telegram_webhook_secret,
            self.zalo_token,
            self.zalo_webhook_secret,
            self.secret_key,
            self.secret_key_new,
        )
        _, _, password = self.database_url.partition("://")[2].rpartition("@")[0].partition(":")
        return [text for text in (*(field.get_secret_value() for field in fields), password) if text]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


def load_settings(**overrides: object) -> Settings:
    """Read the settings from the environment.

    Raises:
        SettingsError: Its `line` names the variable and the mend, and never shows a secret's value.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks the values
    except ValidationError as wrong:
        first = wrong.errors(include_input=False, include_url=False)[0]
        place = str(first["loc"][0]) if first["loc"] else ""
        mend = _MENDS.get(first["type"])
        what = mend.format_map(first.get("ctx", {})) if mend else first["msg"].removeprefix("Value error, ")
        line = f"{PREFIX}{place.upper()}: {what}" if place else f"{PREFIX}{what}"
        raise SettingsError(line=line) from None
