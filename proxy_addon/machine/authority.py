"""The certificate authority of this machine: made here, kept here, trusted only where its owner says so.

Every installation makes its own key; it never leaves the folder (0700, the key 0600). An authority can be limited to a
list of sites (RFC 5280 section 4.2.1.10): browsers then refuse anything else that it signs, so that a stolen key can't
forge a bank. This module owns ``cryptography``; it does not know mitmproxy beyond the name of the file that it reads.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NAME = "Glossator local authority"
KEY_FILE = "mitmproxy-ca.pem"  # key and certificate, under the name that mitmproxy looks for
CERTIFICATE_FILE = "glossator-ca.crt"
LIFETIME = timedelta(days=2 * 365)
_CLOCK_SKEW = timedelta(days=2)

# Moves a finished file to where it shall stand.
_Put = Callable[[Path, Path], object]


class AuthorityError(Exception):
    """The authority can't be read or made; the message says which file and what to do."""


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority on disk. ``sites`` is empty where it may sign for any host; the dates are in UTC."""

    folder: Path
    certificate: x509.Certificate

    @property
    def file(self) -> Path:
        """The certificate alone, to be imported where it shall be trusted."""
        return self.folder / CERTIFICATE_FILE

    @property
    def sites(self) -> tuple[str, ...]:
        """The DNS names that it is limited to."""
        try:
            limits = self.certificate.extensions.get_extension_for_class(x509.NameConstraints).value
        except x509.ExtensionNotFound:
            return ()
        return tuple(name.value for name in limits.permitted_subtrees or () if isinstance(name, x509.DNSName))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate as browsers show it."""
        return self.certificate.fingerprint(hashes.SHA256()).hex(":").upper()

    @property
    def spki(self) -> str:
        """SHA-256 of the public key, base64, as Chromium's ``--ignore-certificate-errors-spki-list`` takes it."""
        key = self.certificate.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return base64.b64encode(hashlib.sha256(key).digest()).decode("ascii")

    @property
    def valid(self) -> tuple[datetime, datetime]:
        """From when until when it may sign."""
        return self.certificate.not_valid_before_utc, self.certificate.not_valid_after_utc


def load(folder: Path) -> Authority | None:
    """The authority in this folder, or None where there is none yet; AuthorityError where it can't be read."""
    path = folder / KEY_FILE
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise AuthorityError(f"{path}: can't be read ({error.strerror}); mend its permissions or move it away") from error
    try:
        serialization.load_pem_private_key(content, password=None)
        return Authority(folder, x509.load_pem_x509_certificate(content))
    except (ValueError, TypeError) as error:
        cure = "move it away and run: glossator ca, with --sites FILE if it was limited"
        raise AuthorityError(f"{path}: is not a key with its certificate; {cure}") from error


def create(folder: Path, sites: Sequence[str] = ()) -> Authority:
    """A new authority in this folder, in place of one that is there; limited to ``sites`` where any are given."""
    return _made(folder, sites, Path.replace)


def renew(folder: Path) -> Authority:
    """A new authority for the same sites; AuthorityError where the old one can't be read, and so its sites aren't known."""
    old = load(folder)
    return create(folder, old.sites if old else ())


def ensure(folder: Path) -> Authority:
    """The authority in this folder; made where there is none. Whoever comes at the same moment gets the same one."""
    return load(folder) or _made(folder, (), _put_first)


def _made(folder: Path, sites: Sequence[str], put: _Put) -> Authority:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    made = _certificate(key, sites)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        _write(folder / KEY_FILE, _pem(key) + made.public_bytes(serialization.Encoding.PEM), 0o600, put)
        kept = load(folder) or Authority(folder, made)
        _write(kept.file, kept.certificate.public_bytes(serialization.Encoding.PEM), 0o644, Path.replace)
    except OSError as error:
        raise AuthorityError(f"{folder}: can't be written ({error.strerror}); mend its permissions") from error
    return kept


def _put_first(finished: Path, path: Path) -> None:
    """Puts a file where none is; one that came there before stays."""
    try:
        os.link(finished, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        if not path.exists():
            finished.replace(path)


def _certificate(key: rsa.RSAPrivateKey, sites: Sequence[str]) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME), x509.NameAttribute(NameOID.ORGANIZATION_NAME, NAME)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .serial_number(x509.random_serial_number())
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(_signs_only(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if sites:
        builder = builder.add_extension(_limits(sites), critical=True)
    return builder.sign(key, hashes.SHA256())


def _signs_only() -> x509.KeyUsage:
    unused = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"),
        False,
    )
    return x509.KeyUsage(digital_signature=False, key_cert_sign=True, crl_sign=True, **unused)


def _limits(sites: Sequence[str]) -> x509.NameConstraints:
    """Only these DNS names, and no addresses: a form of name that isn't listed would stay unlimited."""
    everything = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))
    return x509.NameConstraints(
        permitted_subtrees=[x509.DNSName(site) for site in sites],
        excluded_subtrees=[x509.IPAddress(network) for network in everything],
    )


def _pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes, mode: int, put: _Put) -> None:
    """Whole or not at all, and never readable by others in between."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        temporary.chmod(mode)
        put(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
