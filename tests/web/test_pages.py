"""Handing out the pages: the policy they come under, what is open, and what is kept for long."""

import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from api.routes.pages import policy, web_files

ROOT = Path(__file__).resolve().parents[2]


def fetched(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers (lower case) and body; refusals are answers too."""
    try:
        with urlopen(Request(url, headers=headers)) as answer:
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
    except HTTPError as error:
        return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


def test_the_policy_admits_nothing_inline_but_the_import_map() -> None:
    rules = policy(web_files()["index.html"].body)
    assert "unsafe" not in rules
    assert "worker-src 'self';" in rules
    assert rules.count("'sha256-") == 1


@pytest.mark.parametrize("page", ["index.html", "sign-in.html"])
def test_pages_name_no_other_host_and_hold_no_inline_code(page: str) -> None:
    text = web_files()[page].body.decode()
    for forbidden in ("http://", "https://", "style=", "onclick", "<style"):
        assert forbidden not in text
    assert text.count("<script") == text.count('src="/static/js/') + text.count("importmap")


def test_vendored_files_are_as_locked() -> None:
    check = [sys.executable, "web/tools/vendor.py", "check"]
    assert subprocess.run(check, cwd=ROOT, check=False).returncode == 0


def test_without_a_session_the_sign_in_page_comes_with_401(live_server) -> None:
    status, headers, body = fetched(f"{live_server.address}/")
    assert status == 401
    assert headers["www-authenticate"] == "Bearer"
    assert b"sign-in.js" in body
    assert "default-src 'self'" in headers["content-security-policy"]


def test_files_answer_304_and_versioned_ones_are_kept(live_server) -> None:
    script = f"{live_server.address}/static/js/app.js"
    status, headers, _ = fetched(script)
    assert (status, headers["cache-control"]) == (200, "no-cache")
    assert fetched(script, **{"If-None-Match": headers["etag"]})[0] == 304
    library = f"{live_server.address}/static/vendor/maplibre-gl-6.17.0/maplibre-gl.mjs"
    _, headers, _ = fetched(library)
    assert "immutable" in headers["cache-control"]
    assert headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(
    "path", ["js/none.js", "../api/app.py", "%2e%2e/pyproject.toml", "index.html", "tools/fonts.py"]
)
def test_what_is_no_page_file_is_not_found(live_server, path: str) -> None:
    assert fetched(f"{live_server.address}/static/{path}")[0] == 404
