"""A self-signed certificate for one machine's own addresses, so that phones on its network get a secure context."""

import ipaddress
import os
import socket
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from server import clock

VALID_FOR = timedelta(days=365)
LOOPBACK = ("127.0.0.1", "::1")
NOBODY = "192.0.2.1"
"""An address of documentation (RFC 5737): asked for a way there, the system tells its own address; nothing is sent."""


def lan_addresses() -> list[str]:
    """This machine's IPv4 addresses that others on its network may reach."""
    found = {_outward_address()}
    with suppress(OSError):
        found |= {
            str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        }
    return sorted(address for address in found if address and not address.startswith("127."))


def ensure(folder: Path, addresses: list[str]) -> tuple[Path, Path]:
    """The certificate and key files in `folder`, made anew when they are old or do not know an address."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    if not (key.exists() and certificate.exists() and _serves(certificate.read_bytes(), addresses)):
        made, secret = make(addresses, clock.now())
        _write_for_owner(key, secret)
        certificate.write_bytes(made)
    return certificate, key


def make(addresses: list[str], now: datetime) -> tuple[bytes, bytes]:
    """A certificate and its key, PEM, for localhost and these addresses, from an hour ago on."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Guatu demo")])
    built = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + VALID_FOR)
        .add_extension(_names(addresses), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return built.public_bytes(serialization.Encoding.PEM), secret


def _names(addresses: list[str]) -> x509.SubjectAlternativeName:
    """All that the certificate is for."""
    ips = [x509.IPAddress(ipaddress.ip_address(address)) for address in (*LOOPBACK, *addresses)]
    return x509.SubjectAlternativeName([x509.DNSName("localhost"), *ips])


def _serves(pem: bytes, addresses: list[str]) -> bool:
    """Whether a certificate is valid for another week and for all these addresses."""
    kept = x509.load_pem_x509_certificate(pem)
    known = kept.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    missing = set(addresses) - {str(ip) for ip in known.get_values_for_type(x509.IPAddress)}
    return not missing and kept.not_valid_after_utc > clock.now() + timedelta(days=7)


def _write_for_owner(path: Path, secret: bytes) -> None:
    """Write a file that only its owner can read, from its first byte on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secret)


def _outward_address() -> str:
    """The address this machine has towards the rest of the world; empty without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((NOBODY, 9))
        except OSError:
            return ""
        return str(probe.getsockname()[0])
