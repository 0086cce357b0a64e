"""https on an intranet: what `reliefmap tls` makes, and what strangers' machines make of it."""

import asyncio
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.certificates import (
    SERVER_LIFE,
    CertificateFiles,
    certificate_files,
    issue,
    names_of_this_machine,
    read,
    renewed,
)
from api.cli import main
from relief.errors import SetupRefused

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def files(tmp_path: Path) -> CertificateFiles:
    return certificate_files(tmp_path)


async def handshake(files: CertificateFiles, name: str) -> str:
    """The TLS version that a client agrees on which trusts the authority alone and asks `name`."""
    offered = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    offered.load_cert_chain(files.server, files.server_key)
    server = await asyncio.start_server(
        lambda _reader, writer: writer.close(), "127.0.0.1", 0, ssl=offered
    )
    async with server:
        port = server.sockets[0].getsockname()[1]
        trusted = ssl.create_default_context(cafile=str(files.authority))
        _, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=trusted, server_hostname=name
        )
        version = writer.get_extra_info("ssl_object").version()
        writer.close()
        return str(version)


@pytest.mark.parametrize("name", ["relief.lan", "10.1.2.3", "127.0.0.1", "localhost"])
async def test_who_trusts_the_authority_trusts_the_server(
    files: CertificateFiles, name: str
) -> None:
    issue(files, ["relief.lan", "10.1.2.3"], datetime.now(UTC))
    assert await handshake(files, name) == "TLSv1.3"


async def test_another_name_is_not_trusted(files: CertificateFiles) -> None:
    issue(files, ["relief.lan"], datetime.now(UTC))
    with pytest.raises(ssl.SSLCertVerificationError):
        await handshake(files, "other.lan")


def test_the_keys_are_for_their_owner_alone(files: CertificateFiles) -> None:
    issue(files, ["relief.lan"], NOW)
    for key in (files.authority_key, files.server_key):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_renewing_keeps_the_authority_that_phones_hold(files: CertificateFiles) -> None:
    first = issue(files, ["relief.lan"], NOW)
    assert not renewed(files, NOW + timedelta(days=300))
    assert renewed(files, NOW + timedelta(days=350))
    second = read(files)
    assert second.authority_sha256 == first.authority_sha256
    assert second.names == first.names
    assert second.server_until == NOW + timedelta(days=350) + SERVER_LIFE


def test_no_authority_is_made_anew_because_its_key_lies_elsewhere(files: CertificateFiles) -> None:
    made = issue(files, ["relief.lan"], NOW)
    files.authority_key.unlink()
    with pytest.raises(SetupRefused, match="put it back"):
        issue(files, ["relief.lan"], NOW)
    assert not renewed(files, NOW + timedelta(days=390))
    assert read(files) == made


@pytest.mark.parametrize("name", ["https://relief.lan", "relief.lan:8443", "救灾", "", "a b"])
def test_what_is_no_name_is_refused_before_anything_is_written(
    files: CertificateFiles, name: str
) -> None:
    with pytest.raises(SetupRefused, match="neither a host name nor an IP address"):
        issue(files, [name], NOW)
    assert not files.folder.exists()


def test_files_that_are_no_certificates_are_refused_in_a_sentence(files: CertificateFiles) -> None:
    issue(files, ["relief.lan"], NOW)
    files.server.write_text("nonsense")
    with pytest.raises(SetupRefused, match="no certificate that can be read"):
        read(files)


def test_the_command_says_where_phones_go(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tls", "10.1.2.3"], {"RELIEFMAP_DATA": str(tmp_path)}) == 0
    told = capsys.readouterr().out
    assert "http://10.1.2.3:8000/install" in told
    assert "RELIEFMAP_HOST=0.0.0.0" in told  # it listens to this machine alone
    assert read(certificate_files(tmp_path)).authority_sha256 in told


def test_the_command_once_more_renews_for_the_same_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = {"RELIEFMAP_DATA": str(tmp_path), "RELIEFMAP_HOST": "0.0.0.0"}
    for names in (["relief.lan", "10.1.2.3"], []):
        assert main(["tls", *names], environment) == 0
        told = capsys.readouterr().out
        assert "http://relief.lan:8000/install" in told
        assert "http://10.1.2.3:8000/install" in told
        assert "RELIEFMAP_HOST" not in told
    assert read(certificate_files(tmp_path)).names[:2] == ("relief.lan", "10.1.2.3")


def test_this_machine_names_itself() -> None:
    assert names_of_this_machine()


async def test_without_certificates_the_page_says_so(api) -> None:
    page = await api.client.get("/install")
    assert page.status_code == 200
    assert "reliefmap tls" in page.text
    assert (await api.client.get("/install/state")).json() == {"https": False}
    for path in ("/install/authority.crt", "/install/qr.svg?name=relief.lan"):
        assert (await api.client.get(path)).status_code == 404
