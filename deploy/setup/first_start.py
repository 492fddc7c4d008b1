# ruff: noqa: INP001  # a script that is copied into an image, not a module of a package
"""Makes what must be secret and own to each installation: `python first_start.py FOLDER`.

A certificate authority, certificates of Redis and OpenSearch, a password for each user, and from them the files that
each container reads. Every reader has a folder of its own below FOLDER, so that a container is given its secrets and no
others. Safe to run at each start: passwords and the authority stay, the rest is written anew from them, and a
certificate is renewed in its last month.
"""

import datetime as dt
import hashlib
import ipaddress
import json
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import bcrypt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

REDIS_USERS: Final = ("health", "ingest", "enrich", "index", "archive", "search", "topology", "ops")
OPENSEARCH_USERS: Final = ("admin", "health", "index", "search", "topology", "ops")
AUTHORITY_DAYS: Final = 3_650
CERTIFICATE_DAYS: Final = 397
"""The most that clients of today accept."""
RENEWED_DAYS_BEFORE: Final = 30
PASSWORD_BYTES: Final = 24
RUN: Final = "/run/kabar"
"""Where a container finds its folder."""

HERE: Final = Path(__file__).parent


def make_all(folder: Path, *, acl: str, now: dt.datetime) -> None:
    """Write every reader's files below `folder`; `acl` is the text of users.acl with its places for passwords."""
    passwords = _passwords(folder / "setup" / "passwords.json")
    authority, authority_key = _authority(folder / "setup", now=now)
    for server, owner in (("redis", "redis"), ("opensearch", "node")):
        _certificate(folder / server, owner, hostname=server, authority=authority, authority_key=authority_key, now=now)
    for reader, files in _files(passwords, acl=acl).items():
        for name, text in {**files, "ca.pem": _pem(authority)}.items():
            _write(folder / reader / name, text)


def _files(passwords: Mapping[str, str], *, acl: str) -> dict[str, dict[str, str]]:
    """Reader -> name of a file -> its text. Services read a setting from the file of its name."""

    def redis_url(user: str) -> str:
        return f"rediss://{user}:{passwords[f'redis.{user}']}@redis:6379/0?ssl_ca_certs={RUN}/ca.pem"

    def index(user: str, *, opensearch_user: str) -> dict[str, str]:
        return {"kabar_index_redis_url": redis_url(user), "kabar_index_opensearch_password": passwords[f"opensearch.{opensearch_user}"]}

    return {
        "redis": {"users.acl": users_acl(acl, passwords=passwords), "health_password": passwords["redis.health"]},
        "opensearch": {"internal_users.yml": _internal_users(passwords), "health_password": passwords["opensearch.health"]},
        "ingest": {"kabar_ingest_redis_url": redis_url("ingest")},
        "enrich": {"kabar_enrich_redis_url": redis_url("enrich")},
        "index": index("index", opensearch_user="index"),
        "archive": index("archive", opensearch_user="index"),
        "topology": index("topology", opensearch_user="topology"),
        "search": {"kabar_search_redis_url": redis_url("search"), "kabar_search_opensearch_password": passwords["opensearch.search"]},
        "ops": {"kabar_redis_url": redis_url("ops"), "kabar_opensearch_password": passwords["opensearch.ops"]},
        "setup": {"opensearch_admin_password": passwords["opensearch.admin"]},
    }


def users_acl(template: str, *, passwords: Mapping[str, str]) -> str:
    """The file that Redis reads: no comments, a user a line, the SHA-256 of each password in its place."""
    lines: list[str] = []
    for line in template.splitlines():
        if line.startswith(" ") and lines:
            lines[-1] += f" {line.strip()}"
        elif line.strip() and not line.startswith("#"):
            lines.append(line.strip())
    text = "\n".join(lines) + "\n"
    for user in REDIS_USERS:
        text = text.replace(f"<{user.upper()}>", hashlib.sha256(passwords[f"redis.{user}"].encode()).hexdigest())
    return text


def _internal_users(passwords: Mapping[str, str]) -> str:
    """The users of OpenSearch's security plug-in. What each may do is in roles.yml and roles_mapping.yml."""
    lines = ["_meta:", '  type: "internalusers"', "  config_version: 2"]
    for user in OPENSEARCH_USERS:
        # OpenSearch reads the prefix 2y; it is the same algorithm.
        hashed = bcrypt.hashpw(passwords[f"opensearch.{user}"].encode(), bcrypt.gensalt(12)).decode().replace("$2b$", "$2y$", 1)
        lines += [f"{user}:", f'  hash: "{hashed}"', f"  reserved: {'true' if user == 'admin' else 'false'}"]
    return "\n".join(lines) + "\n"


def _passwords(path: Path) -> dict[str, str]:
    """The passwords of all users; those that are there already stay."""
    known: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    wanted = [*(f"redis.{user}" for user in REDIS_USERS), *(f"opensearch.{user}" for user in OPENSEARCH_USERS)]
    passwords = {name: known.get(name) or secrets.token_hex(PASSWORD_BYTES) for name in wanted}
    _write(path, json.dumps(passwords, indent=1))
    return passwords


def _authority(folder: Path, *, now: dt.datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """The authority of this installation; its key stays in the folder that only this job reads."""
    key_path, path = folder / "authority-key.pem", folder / "authority.pem"
    if path.exists() and key_path.exists():
        key = serialization.load_pem_private_key(key_path.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            message = f"{key_path} holds a key of another kind; remove it to begin anew"
            raise TypeError(message)
        return x509.load_pem_x509_certificate(path.read_bytes()), key
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Kabar, this installation")
    certificate = (
        _builder(name, issuer=name, key=key, now=now, days=AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(key_path, _key_pem(key))
    _write(path, _pem(certificate))
    return certificate, key


def _certificate(
    folder: Path, owner: str, *, hostname: str, authority: x509.Certificate, authority_key: ec.EllipticCurvePrivateKey, now: dt.datetime
) -> None:
    """`OWNER.pem` and `OWNER-key.pem` for a server of this name, unless they are good for another month."""
    path = folder / f"{owner}.pem"
    if path.exists():
        there = x509.load_pem_x509_certificate(path.read_bytes())
        if there.issuer == authority.subject and there.not_valid_after_utc - now > dt.timedelta(days=RENEWED_DAYS_BEFORE):
            return
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName(
        [x509.DNSName(hostname), x509.DNSName("localhost"), x509.IPAddress(ipaddress.IPv4Address("127.0.0.1"))]
    )
    certificate = (
        _builder(_name(hostname), issuer=authority.subject, key=key, now=now, days=CERTIFICATE_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        # A node of OpenSearch is a client of the others.
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(names, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    _write(folder / f"{owner}-key.pem", _key_pem(key))
    _write(path, _pem(certificate))


def _builder(
    subject: x509.Name, *, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: dt.datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # Clocks of containers on other machines may be a little behind.
        .not_valid_before(now - dt.timedelta(minutes=10))
        .not_valid_after(now + dt.timedelta(days=days))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


def _write(path: Path, text: str) -> None:
    """Whole or not at all. Readable by every user of the container that the folder is mounted into, and there by nobody else."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.chmod(0o444)
    partial.replace(path)


def main() -> int:
    """Make everything; 0 when it is there, 1 with the reason when it cannot be."""
    try:
        make_all(Path(sys.argv[1]), acl=(HERE / "users.acl").read_text(encoding="utf-8"), now=dt.datetime.now(dt.UTC))
    except (OSError, ValueError, TypeError) as error:
        sys.stderr.write(f"the first start failed: {error}\n")
        return 1
    sys.stdout.write("certificates and passwords are there\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
