"""The settings: what the environment may say, and that all of it is documented."""

import re
from collections import UserDict
from pathlib import Path

import pytest

from geo.settings import VARIABLES, Settings
from relief.errors import SetupRefused

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"


def test_every_variable_is_documented_and_no_other() -> None:
    rows = re.findall(r"^\| `(RELIEFMAP_\w+)` \|", DOCUMENT.read_text(encoding="utf-8"), re.M)
    assert tuple(rows) == VARIABLES


class Environment(UserDict[str, str]):
    """An empty one that remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def __getitem__(self, key: str) -> str:
        self.asked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)


def test_every_variable_is_read() -> None:
    environment = Environment()
    Settings.from_environment(environment)
    assert environment.asked == set(VARIABLES)


def test_an_empty_environment_means_the_defaults() -> None:
    settings = Settings.from_environment({"RELIEFMAP_DATA": "", "RELIEFMAP_DATABASE_URL": ""})
    assert settings.data_dir == Path.cwd() / "var"
    assert settings.database_url is None
    assert settings.address == "http://127.0.0.1:8000"
    assert 1 <= settings.workers <= 4


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RELIEFMAP_PORT", "0"),
        ("RELIEFMAP_PORT", "65536"),
        ("RELIEFMAP_PORT", "八千"),
        ("RELIEFMAP_PORT", "8000.5"),
        ("RELIEFMAP_WORKERS", "-1"),
        ("RELIEFMAP_WORKERS", "65"),
        ("RELIEFMAP_DATABASE_URL", "mysql://u:secret@h/d"),
        ("RELIEFMAP_DATABASE_URL", "postgresql://u:secret@h:port:x/d?nonsense=1"),
    ],
)
def test_a_wrong_value_is_refused_by_name_and_no_password_repeated(name: str, value: str) -> None:
    with pytest.raises(SetupRefused, match=name) as refused:
        Settings.from_environment({name: value})
    assert "secret" not in refused.value.detail


@pytest.mark.parametrize(
    ("host", "address"),
    [("0.0.0.0", "http://127.0.0.1:8000"), ("::1", "http://[::1]:8000")],
)
def test_the_address_is_one_that_a_browser_opens(host: str, address: str) -> None:
    assert Settings.from_environment({"RELIEFMAP_HOST": host}).address == address


def test_origins_are_listed_without_a_path() -> None:
    told = {"RELIEFMAP_CORS_ORIGINS": "https://a.example.cn, http://10.0.0.7:8080"}
    found = Settings.from_environment(told).cors_origins
    assert found == ("https://a.example.cn", "http://10.0.0.7:8080")
    for wrong in ("*", "a.example.cn", "https://a.example.cn/map", "file://x"):
        with pytest.raises(SetupRefused, match="CORS_ORIGINS"):
            Settings.from_environment({"RELIEFMAP_CORS_ORIGINS": wrong})
