"""The seal of documents with pyHanko (PAdES); key and certificates are in ``MIANZHENG_HOME/stamp.pem``, for its owner only.

The file holds a private key, then the certificate that signs, then others: its chain, and certificates that signed before.
An operator replaces it by one a certification authority gave out; without one it is made when it is first needed, vouched
for by nobody but itself.
"""

from __future__ import annotations

import contextlib
import datetime
import functools
import io
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asn1crypto import cms
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.gateway.ports import Stamped

FILE = "stamp.pem"
YEARS = 10
DER = serialization.Encoding.DER


@dataclass(frozen=True)
class _Held:
    """What is in the file: who signs, and every certificate that signs or ever signed."""

    signer: Any
    certificates: tuple[x509.Certificate, ...]


class PemFile:
    """See `gateway.ports.Stamp`."""

    def __init__(self) -> None:
        self._path = Path(settings.MIANZHENG_HOME) / FILE

    def stamp(self, document: bytes, *, reason: str) -> bytes:
        about = signers.PdfSignatureMetadata(
            field_name="Seal", subfilter=SigSeedSubFilter.PADES, reason=reason, md_algorithm="sha256"
        )
        signer = self._held().signer
        out = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(document)), about, signer=signer)
        return bytes(out.getvalue())

    def examine(self, document: bytes, attached: str) -> Stamped | None:
        held = self._held()
        try:
            reader = PdfFileReader(io.BytesIO(document))
            found = list(reader.embedded_signatures)
            if not found:
                return None
            ours = {each.public_bytes(DER) for each in held.certificates}
            trusted = [asn1_x509.Certificate.load(each) for each in ours]
            whole = len(found) == 1 and found[0].signer_cert.dump() in ours and _intact(found[0], trusted)
            return Stamped(whole, _attached(reader, attached) if whole else b"")
        except Exception:  # whatever somebody uploads, however broken: then it is nothing of ours
            return None

    def certificate(self) -> bytes:
        return self._held().certificates[0].public_bytes(serialization.Encoding.PEM)

    def _held(self) -> _Held:
        if not self._path.exists():
            _make(self._path)
        found = self._path.stat()
        if stat.S_IMODE(found.st_mode) & 0o077:
            raise Refusal(
                Reason(N_("印章文件 %(file)s 别人也能读，不能用。"), {"file": FILE}),
                Reason(N_("请运维人员 chmod 600，并考虑更换。")),
            )
        return _read(self._path, found.st_mtime_ns)


def _intact(signature: Any, trusted: list[Any]) -> bool:
    """Return whether nothing was changed since it was signed, the signature covers all of it, and is good."""
    context = ValidationContext(trust_roots=trusted, allow_fetching=False, moment=_signed_at(signature))
    status = validate_pdf_signature(signature, context)
    whole = status.valid and status.intact and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    return bool(whole and not _hidden(bytes(signature.pkcs7_content)))


def _hidden(kept: bytes) -> bytes:
    """Return what stands in the room left for the signature, besides it: that room alone is not signed."""
    return kept[len(cms.ContentInfo.load(kept).dump()) :].strip(b"\0")


def _signed_at(signature: Any) -> datetime.datetime | None:
    # a certificate that has run out since is no reason to doubt what it signed while it was good
    when: datetime.datetime | None = signature.self_reported_timestamp
    return when


def _attached(reader: PdfFileReader, name: str) -> bytes:
    names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
    found = {str(names[place]): names[place + 1] for place in range(0, len(names), 2)}
    return bytes(found[name]["/EF"]["/F"].data)


@functools.lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> _Held:
    pem = path.read_bytes()
    try:
        key = serialization.load_pem_private_key(pem, password=None)
        certificates = tuple(x509.load_pem_x509_certificates(pem))
        if certificates[0].public_key() != key.public_key():
            raise ValueError("the first certificate is not that of the key")
    except (ValueError, IndexError, TypeError) as wrong:
        raise Refusal(
            Reason(N_("印章文件 %(file)s 读不出来：%(why)s。"), {"file": FILE, "why": str(wrong)}),
            Reason(N_("请运维人员按运维指南放回私钥和证书。")),
        ) from wrong
    pkcs8 = key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    chain = SimpleCertificateStore.from_certs([_asn1(each) for each in certificates[1:]])
    signer = signers.SimpleSigner(
        signing_cert=_asn1(certificates[0]), signing_key=asn1_keys.PrivateKeyInfo.load(pkcs8), cert_registry=chain
    )
    return _Held(signer, certificates)


def _asn1(certificate: x509.Certificate) -> Any:
    return asn1_x509.Certificate.load(certificate.public_bytes(DER))


def _make(path: Path) -> None:
    """Make a key and a certificate that vouches for itself; of two who begin together one wins."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"Mianzheng {Path(settings.CITY).name}")])
    begin = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin.replace(year=begin.year + 10 + YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_SIGNS, critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)
    fresh = path.with_name(f"{FILE}.{secrets.token_hex(8)}")
    with open(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        out.write(pem)
        out.flush()
        os.fsync(out.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()


_SIGNS = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)
