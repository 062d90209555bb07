"""What a browser calls itself and where its address is: shown to people, and never believed further than that."""

from pathlib import Path

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from identity.devices import labels
from identity.devices.browser import Whereabouts
from identity.devices.places import Places
from shared.config.settings import SettingsError
from shared.i18n import translations
from tests.support.places import network_file, place_file

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
CHROME = WINDOWS + "Chrome/126.0 Safari/537.36"
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36"
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
CATALOGUE = Path(labels.__file__).parent.parent / "locale"


@pytest.mark.parametrize(
    ("header", "label", "family"),
    [
        (CHROME, "Chrome on Windows", "Chrome"),
        (CHROME + " Edg/126.0", "Edge on Windows", "Edge"),
        (ANDROID, "Chrome on Android", "Chrome"),
        (IPHONE + "Mobile/15E148 Safari/604.1", "Safari on iOS", "Safari"),
        (
            IPHONE.replace("iPhone; CPU iPhone OS 17_5 like", "Macintosh; Intel") + "Safari/605.1.15",
            "Safari on macOS",
            "Safari",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox on Linux", "Firefox"),
        ("", labels.UNKNOWN, ""),
        ("<script>alert(1)</script>{{7*7}}", labels.UNKNOWN, ""),
        ("\r\nforged: line \x1b[31m \u202e", labels.UNKNOWN, ""),
    ],
)
def test_a_browser_has_a_name_that_people_know(header: str, label: str, family: str) -> None:
    """ "Chrome on Windows"; its mobile form is the same family, and nonsense is unknown (threats 43, 46)."""
    assert labels.of(header) == (label, family)


def test_a_header_of_a_megabyte_is_cut() -> None:
    """Threat 57: only the beginning is looked at, and it is enough."""
    assert labels.of(CHROME + " x" * 500_000) == ("Chrome on Windows", "Chrome")
    assert labels.of("Mozilla/5.0 (" * 80_000)[1] == ""


def test_a_label_is_spoken_in_spanish() -> None:
    """ "Chrome en Windows"; what has no two parts is translated whole."""
    spanish = translations("es", CATALOGUE).gettext
    assert labels.spoken("Chrome on Windows", spanish) == "Chrome en Windows"
    assert labels.spoken(labels.UNKNOWN, spanish) == "Navegador desconocido"


def test_without_files_only_the_block_is_known() -> None:
    """Nothing is asked of anybody outside; wide blocks, so that a phone on its way stays in one."""
    places = Places()
    assert places.of("192.0.2.10") == Whereabouts("192.0.0.0/16")
    assert places.of("192.0.77.1").network == "192.0.0.0/16"
    assert places.of("2001:db8:1::5") == Whereabouts("2001:db8::/32")
    assert places.of("127.0.0.1") == Whereabouts("127.0.0.0/16")
    assert places.of("") == Whereabouts("")


@pytest.mark.parametrize("written", ["nonsense", "1.2.3", "999.1.1.1", "fe80::1%eth0/64", "x" * 500])
def test_an_address_that_is_none_has_no_place(written: str) -> None:
    """It is its own network, and nothing breaks."""
    found = Places().of(written)
    assert (found.place, found.country, len(found.network) <= 64) == (None, None, True)


def test_the_operators_files_name_place_and_network(tmp_path: Path) -> None:
    """City and region, country, a rough position, and the provider's number."""
    places = Places(place_file(tmp_path), network_file(tmp_path))
    assert places.of("192.0.2.10") == Whereabouts("AS64500", "Columbus, Ohio", "US", (40.0, -83.0))
    assert places.of("203.0.113.5") == Whereabouts("AS64502", "United States", "US", None)
    assert places.of("2001:db8::9") == Whereabouts("AS64503", "Columbus, Ohio", "US", (40.0, -83.0))
    assert places.of("::ffff:192.0.2.10").place == "Columbus, Ohio"
    assert places.of("10.1.2.3") == Whereabouts("10.1.0.0/16")


def test_a_file_that_is_none_is_refused_at_the_start(tmp_path: Path) -> None:
    """A service that was told of places and cannot read them does not run as if it could."""
    other = tmp_path / "other.mmdb"
    other.write_text("a letter")
    for file in (tmp_path / "nowhere.mmdb", other):
        with pytest.raises(SettingsError, match=file.name):
            Places(str(file))


def test_a_file_of_the_older_addresses_only_serves_for_those(tmp_path: Path) -> None:
    """An address of IPv6 has no place in it, and asking breaks nothing."""
    file = tmp_path / "older.mmdb"
    writer = MMDBWriter(4, "GeoLite2-Country", languages=["en"], description="for tests")
    writer.insert_network(IPSet(["192.0.2.0/24"]), {"country": {"iso_code": "US", "names": {"en": "United States"}}})
    writer.to_db_file(str(file))
    places = Places(str(file))
    assert places.of("192.0.2.10") == Whereabouts("192.0.0.0/16", "United States", "US")
    assert places.of("2001:db8::9") == Whereabouts("2001:db8::/32")


@pytest.mark.parametrize(
    "found", [{"city": {}}, {"country": {}}, {"location": {"latitude": 1.0}}, {"subdivisions": []}]
)
def test_gaps_in_a_file_are_gaps_in_what_is_known(tmp_path: Path, found: dict[str, object]) -> None:
    """Files differ in what they have; what is missing is unknown."""
    file = tmp_path / "gaps.mmdb"
    writer = MMDBWriter(4, "Custom", languages=["en"], description="for tests")
    writer.insert_network(IPSet(["192.0.2.0/24"]), found)
    writer.to_db_file(str(file))
    assert Places(str(file)).of("192.0.2.10") == Whereabouts("192.0.0.0/16")
