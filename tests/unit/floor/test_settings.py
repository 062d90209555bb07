"""Settings are parsed once and strictly: nothing is guessed, and everything wrong is named at once."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from shared.cli import program
from shared.config import Settings, load, unsafe_values
from shared.config.settings import SettingsError
from tests.support.kiosk import Kiosk

SOUND = {
    "GATEHOUSE_DATABASE_URL": "sqlite:///kiosk.db",
    "GATEHOUSE_BROKER_URL": "memory:",
    "GATEHOUSE_CACHE_URL": "memory:",
    "GATEHOUSE_SECRET_KEY": "k" * 32,
}


def faults(**changes: str) -> str:
    """What the loader says about an environment with these changes; fails where it says nothing."""
    with pytest.raises(SettingsError) as refusal:
        load(Settings, {**SOUND, **changes})
    return str(refusal.value)


def test_a_sound_environment_is_read() -> None:
    """Names that are not ours are left alone; numbers and lists are typed."""
    extra = {"GATEHOUSE_LANGUAGES": "es, en", "GATEHOUSE_TRUSTED_PROXIES": "2", "HOME": "/nowhere"}
    settings = load(Settings, {**SOUND, **extra})
    assert settings.languages == ("es", "en")
    assert settings.trusted_proxies == 2
    assert settings.mode == "production"


def test_a_value_may_come_from_a_file(tmp_path: Path) -> None:
    """The line break that editors and secret stores leave at the end is not part of the secret."""
    file = tmp_path / "key"
    file.write_text("f" * 40 + "\n")
    environ = {name: value for name, value in SOUND.items() if name != "GATEHOUSE_SECRET_KEY"}
    settings = load(Settings, {**environ, "GATEHOUSE_SECRET_KEY_FILE": str(file)})
    assert settings.secret_keys == [b"f" * 40]


def test_a_value_and_a_file_at_once_are_refused(tmp_path: Path) -> None:
    """Nobody has to know which of the two would win."""
    file = tmp_path / "key"
    file.write_text("f" * 40)
    assert "GATEHOUSE_SECRET_KEY and GATEHOUSE_SECRET_KEY_FILE are both set" in faults(
        GATEHOUSE_SECRET_KEY_FILE=str(file)
    )


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With the path that was looked at."""
    assert str(tmp_path / "gone") in faults(GATEHOUSE_SMTP_URL_FILE=str(tmp_path / "gone"))


def test_an_unknown_name_is_refused_with_a_hint() -> None:
    """A typo never leaves a default in force unnoticed."""
    assert "GATEHOUSE_PUBLIC_ULR is not a setting. Did you mean GATEHOUSE_PUBLIC_URL?" in faults(
        GATEHOUSE_PUBLIC_ULR="https://auth.example"
    )
    assert "GATEHOUSE_XYZZY is not a setting." in faults(GATEHOUSE_XYZZY="1")
    assert "GATEHOUSE_BROKER_ULR_FILE is not a setting." in faults(GATEHOUSE_BROKER_ULR_FILE="1")


def test_every_fault_is_told_at_once() -> None:
    """One round of mending is enough."""
    said = faults(GATEHOUSE_SECRET_KEY="short", GATEHOUSE_MODE="holiday", GATEHOUSE_NOPE="1")
    assert all(name in said for name in ("GATEHOUSE_SECRET_KEY", "GATEHOUSE_MODE", "GATEHOUSE_NOPE"))


def test_a_refusal_does_not_repeat_a_secret() -> None:
    """A key that is too short does not end up in a log."""
    assert "tooshortbutsecret" not in faults(GATEHOUSE_SECRET_KEY="tooshortbutsecret")


@pytest.mark.parametrize(
    "url", ["auth.example", "https://auth.example/", "https://auth.example/path", "ftp://auth.example", "https://a?b=c"]
)
def test_the_public_url_is_an_origin(url: str) -> None:
    """The issuer is compared character for character, so there is one way to write it."""
    assert "GATEHOUSE_PUBLIC_URL" in faults(GATEHOUSE_PUBLIC_URL=url)


def test_each_of_several_keys_must_be_long() -> None:
    """A rotation does not let a short key in."""
    keys = f"{'a' * 32} {'b' * 32}"
    assert load(Settings, {**SOUND, "GATEHOUSE_SECRET_KEY": keys}).secret_keys == [b"a" * 32, b"b" * 32]
    assert "GATEHOUSE_SECRET_KEY" in faults(GATEHOUSE_SECRET_KEY=f"{'a' * 32} short")
    assert "GATEHOUSE_SECRET_KEY" in faults(GATEHOUSE_SECRET_KEY="   ")


def test_settings_do_not_change() -> None:
    """What was read at the start holds until the end."""
    settings = load(Settings, SOUND)
    with pytest.raises(ValueError, match="frozen"):
        settings.brand = "Other"  # type: ignore[misc]


def test_secrets_hide_wherever_settings_are_shown(kiosk: Kiosk) -> None:
    """In `repr`, in a traceback, and in `config show`, which shows everything else."""
    settings = load(Settings, {**SOUND, "GATEHOUSE_SERVICE_CLIENT_SECRET": "client-secret"})
    assert "k" * 32 not in repr(settings) + str(settings)
    environ = {
        **SOUND,
        "GATEHOUSE_SMTP_URL": "smtp://mailer:mail-password@mail.example:587",
        "GATEHOUSE_CACHE_URL": "redis://:cache-password@redis:6379/0",
        "GATEHOUSE_DATABASE_URL": "postgresql+psycopg://kiosk:data-p%40ssword@postgres/kiosk",
    }
    assert "password" not in repr(load(Settings, environ)).lower()
    shown = CliRunner(env=environ).invoke(program(kiosk.context.service), ["config", "show"]).output
    assert "public_url: http://localhost:8000" in shown
    assert "k" * 32 not in shown
    assert "smtp_url: smtp://mailer:•••@mail.example:587" in shown
    assert not any(secret in shown for secret in ("mail-password", "cache-password", "p%40ssword"))


def test_unsafe_values_announce_themselves() -> None:
    """Fine at home, dangerous in production: said at every start."""
    told = " ".join(unsafe_values(load(Settings, {**SOUND, "GATEHOUSE_MODE": "all-in-one"})))
    assert all(name in told for name in ("GATEHOUSE_PUBLIC_URL", "GATEHOUSE_MODE", "GATEHOUSE_SMTP_URL"))
    safe = {"GATEHOUSE_PUBLIC_URL": "https://auth.example", "GATEHOUSE_SMTP_URL": "smtp://mail.example:587"}
    assert unsafe_values(load(Settings, {**SOUND, **safe})) == []
