"""Everything the environment may set."""

from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.incidents.state import Times
from bot.retention import Retention


class Settings(BaseSettings):
    """Read once, in `bot/__main__.py`; every variable stands in `.env.example`."""

    model_config = SettingsConfigDict(
        env_prefix="TODAK_", env_file=".env", env_ignore_empty=True, extra="ignore"
    )

    data_folder: Path = Path("data")
    database_url: SecretStr | None = None
    key_database_url: SecretStr | None = None
    service_keys: SecretStr | None = None
    service_keys_command: str | None = None

    keep_observations_days: int | None = Field(default=None, ge=1)
    keep_incidents_days: int = Field(default=365, ge=1)
    keep_workflows_hours: int = Field(default=24, ge=1, le=24)  # people are told "a day"

    telegram_token: SecretStr | None = None
    bot_api_address: str | None = None
    public_address: str | None = None
    webhook_secret: SecretStr | None = None

    local_chat_host: str = "127.0.0.1"
    local_chat_port: int = Field(default=8780, ge=0, le=65535)
    operations_host: str = "127.0.0.1"
    operations_port: int = Field(default=8781, ge=0, le=65535)

    incident_countdown_s: float = Field(default=20, gt=0)
    incident_ask_again_s: tuple[float, ...] = Field(default=(60, 240), min_length=1)
    incident_next_guardian_s: float = Field(default=60, gt=0)
    incident_again_s: tuple[float, ...] = Field(default=(180, 180, 900), min_length=1)
    incident_objection_s: float = Field(default=600, gt=0)
    incident_lapse_s: float = Field(default=24 * 3600, gt=0, le=47 * 3600)

    weights_folder: Path | None = None
    whisper: str | None = None
    text_model: Path | None = None
    hub_address: str = "https://huggingface.co"
    fusion: Literal["late", "multimodal-transformer", "cross-attention"] = "late"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    def database(self) -> str:
        """The database URL: the one that was set, else a SQLite file in the data folder."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_folder / 'todak.sqlite'}"

    def workflow_database(self) -> str:
        """Where durable workflows live: beside the SQLite file, or in the same PostgreSQL."""
        if self.database_url is not None and not self.database().startswith("sqlite"):
            return self.database()
        return f"sqlite:///{self.data_folder / 'workflows.sqlite'}"

    def key_database(self) -> str:
        """Where the data keys lie: a file of their own, so that backups can leave them out."""
        if self.key_database_url is not None:
            return self.key_database_url.get_secret_value()
        return f"sqlite:///{self.data_folder / 'keys.sqlite'}"

    def retention(self) -> Retention:
        """How long each kind of data is kept."""
        days = self.keep_observations_days
        observations = None if days is None else timedelta(days=days)
        return Retention(
            observations,
            timedelta(hours=self.keep_workflows_hours),
            timedelta(days=self.keep_incidents_days),
        )

    def incident_times(self) -> Times:
        """The times of an incident; the safety rules' own where nothing else is set."""
        return Times(
            countdown_s=self.incident_countdown_s,
            ask_again_s=self.incident_ask_again_s,
            next_guardian_s=self.incident_next_guardian_s,
            again_s=self.incident_again_s,
            objection_s=self.incident_objection_s,
            lapse_s=self.incident_lapse_s,
        )

    def pulled_weights(self) -> Path:
        """Where `todak pull` puts weights."""
        return self.data_folder / "weights"

    def prepare_data_folder(self) -> None:
        """Make the data folder, for its owner alone."""
        self.data_folder.mkdir(parents=True, exist_ok=True)
        self.data_folder.chmod(0o700)
