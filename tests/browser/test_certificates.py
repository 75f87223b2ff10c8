"""HTTPS in a real browser: what the authority lets the proxy open, and what its limits keep it from."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from proxy_addon import paths
from proxy_addon.cli import main
from proxy_addon.machine import authority, trust
from proxy_addon.machine.run import Place
from tests.browser.conftest import CHROMIUM, CHROMIUM_FLAGS
from tests.proxy.conftest import in_thread, origin_certificates, write_pack
from tests.proxy.http2 import Answer, Http2Origin
from tests.proxy.origin import serving

pytestmark = pytest.mark.browser

__all__ = ["origin_certificates"]

TEXT = b"<!doctype html><html lang=en><meta charset=utf-8><title>t</title><p>A zorbling came.</p>"
SHOWN = "[document.querySelector('gl-term')?.textContent, performance.getEntriesByType('navigation')[0].nextHopProtocol]"


@pytest.fixture
def made_up_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy finds every site of the domain .test on this machine, as a line in /etc/hosts would have it."""
    ask = socket.getaddrinfo

    def found(host: Any, *rest: Any, **named: Any) -> Any:
        return ask("127.0.0.1" if str(host).endswith(".test") else host, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", found)


@pytest.fixture
def limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> authority.Authority:
    """What ``glossator ca --sites`` makes for news.test."""
    monkeypatch.setenv("GLOSSATOR_DATA", str(tmp_path / "data"))
    (tmp_path / "sites").write_text("news.test\n", encoding="ascii")
    made = CliRunner().invoke(main, ["ca", "--sites", str(tmp_path / "sites")])
    assert made.exit_code == 0, made.output
    own = authority.load(paths.authority_dir())
    assert own is not None
    return own


@contextlib.contextmanager
def chromium_that_trusts(driver: Any, own: authority.Authority, home: Path, *flags: str) -> Iterator[Any]:
    """A page of a Chromium whose user has imported the authority: nothing else about certificates is changed."""
    if trust.certutil() is None:
        pytest.skip("no certutil on this machine (Debian: apt-get install libnss3-tools)")
    store = home / ".pki" / "nssdb"
    store.mkdir(parents=True)
    assert trust.add(store, own)
    context = driver.chromium.launch_persistent_context(
        str(home / "profile"), executable_path=CHROMIUM, args=[*CHROMIUM_FLAGS, *flags], env={"HOME": str(home)}
    )
    yield context.new_page()
    context.close()


def signed(own: authority.Authority, name: str, folder: Path) -> ssl.SSLContext:
    """A server's context with a certificate for ``name`` that somebody who stole the authority's key has signed."""
    stolen = serialization.load_pem_private_key((own.folder / authority.KEY_FILE).read_bytes(), password=None)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    now = datetime.now(UTC)
    leaf = (
        x509.CertificateBuilder()
        .serial_number(x509.random_serial_number())
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(own.certificate.subject)
        .public_key(key.public_key())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(stolen, hashes.SHA256())  # type: ignore[arg-type]
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    (folder / "stolen.pem").write_bytes(private + leaf.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "stolen.pem")
    return context


@pytest.mark.usefixtures("made_up_names", "small")
@pytest.mark.parametrize("kind", ["limited", pytest.param("ordinary", marks=pytest.mark.slow)])
def test_a_page_over_https_and_http_2_is_annotated(
    kind: str, driver: Any, limited: authority.Authority, tmp_path: Path, origin_certificates: tuple[str, ssl.SSLContext]
) -> None:
    own = limited if kind == "limited" else authority.create(tmp_path / "ordinary")
    trusted, context = origin_certificates
    values: dict[str, Any] = {"glossary": [str(write_pack(tmp_path / "pack"))], "exclusions": False, "service": False}
    answer = Answer([("content-type", "text/html")], [TEXT], [])
    place = Place(port=0, extra={"ssl_verify_upstream_trusted_ca": trusted})
    with Http2Origin(context, {"/x": answer, "/favicon.ico": answer}) as origin, in_thread(values, own, place) as address:
        through = f"--proxy-server=http://{address.host}:{address.port}"
        with chromium_that_trusts(driver, own, tmp_path / "home", through) as page:
            page.goto(f"https://news.test:{origin.port}/x")
            assert page.evaluate(SHOWN) == ["zorbling", "h2"]


@pytest.mark.parametrize(("name", "title"), [("www.news.test", "t"), ("bank.test", "Privacy error")])
def test_a_stolen_key_of_a_limited_authority_opens_its_sites_only(
    driver: Any, limited: authority.Authority, tmp_path: Path, name: str, title: str
) -> None:
    with (
        serving(signed(limited, name, tmp_path)) as origin,
        chromium_that_trusts(driver, limited, tmp_path / "home", "--host-resolver-rules=MAP *.test 127.0.0.1") as page,
    ):
        origin.page("/x", TEXT)
        seen = reached(page, f"https://{name}:{origin.port}/x")
    assert seen == title


def reached(page: Any, address: str) -> str:
    """The title of what the browser shows: the page, or its own words about why not."""
    from playwright.sync_api import Error

    with contextlib.suppress(Error):  # its own words are loaded in place of the page that it refuses
        page.goto(address)
    page.wait_for_function("document.title !== ''")
    return str(page.title())
