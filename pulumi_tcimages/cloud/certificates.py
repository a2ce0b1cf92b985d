"""Check the file of trusted certificate authorities, and explain a rejected certificate."""

from __future__ import annotations

import re
import ssl
import stat
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

from pulumi_tcimages.advice import Advice, Command
from pulumi_tcimages.core.setting_patterns import find_path_problem
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.formatting import path_word
from pulumi_tcimages.resource_limits import find_limit
from pulumi_tcimages.user_files import is_folder, read_file

_LARGEST = 16 * 1024 * 1024
"""Size limit for a file of trusted certificates. A typical file is 0.3 MiB."""
_AUTHORITIES = "a file of PEM certificates, or a folder that openssl rehash has prepared"
_PEM = b"CERTIFICATE-----"
_PEM_SUFFIXES = (".pem", ".crt", ".cer")
"""The extensions of the files that `openssl rehash` reads."""
_TRUST_CA_FILE = "export REQUESTS_CA_BUNDLE=CA_FILE"
_HASHED_NAME = re.compile(r"[0-9a-f]{8}\.[0-9]+")

# OpenSSL's X509_V_ERR_* codes, which say why a certificate was rejected.
_NOT_YET_VALID, _EXPIRED = 9, 10
_SELF_SIGNED = (18, 19)
_UNKNOWN_ISSUER = (2, 20, 21)
_OTHER_NAME = (62, 64)
_REVOKED = 23


class Peer(NamedTuple):
    """The server that sent a certificate.

    Args:
        name: the server's name in messages.
        address: completes the advice `check the address in ...`, for instance with `HTTPS_PROXY`.
        inspection: a command that shows the certificate.
    """

    name: str
    address: str
    inspection: str


class CertificateFault(NamedTuple):
    """An explanation of a failed certificate verification, and the fix."""

    problem: str
    fix: Advice


class Authorities(NamedTuple):
    """The file or folder of trusted certificate authorities."""

    path: str
    variable: str = ""
    """The environment variable that sets the path, or "" for the default."""

    def __str__(self) -> str:
        return f"{self.path} ({self.variable})" if self.variable else self.path


def check_authorities(path: str, variable: str) -> None:
    """Check that a file or folder contains certificates.

    Args:
        variable: the environment variable that sets the path, for the error.

    Raises: ConfigurationError if there are no certificates.
    """
    source = f"environment {variable}"
    problem, fix = _explain_invalid(Path(path), variable)
    if problem:
        raise ConfigurationError(problem, source=source, allowed=_AUTHORITIES, fix=fix)


def _explain_invalid(path: Path, variable: str) -> tuple[str, Advice]:
    usual = Command(f"unset {variable}", "To trust the usual authorities instead, run:")
    other = Advice(f"set {variable} to another file.", usual)
    replacement = Advice("replace the file, or", other)
    if wrong := find_path_problem(str(path)):
        return f"the value {wrong}.", Advice(f"set {variable} to the path of a file.", usual)
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            if any(_HASHED_NAME.fullmatch(file.name) for file in path.iterdir()):
                return "", Advice()
            rehash = f"openssl rehash {path_word(path)}"
            if any(file.suffix.lower() in _PEM_SUFFIXES for file in path.iterdir()):
                problem = f"the folder {path} has no certificates under names that OpenSSL reads."
                return problem, Advice(Command(rehash, "run:"))
            put = "put files with one PEM certificate each there (.pem or .crt),"
            fix = Advice(put, Command(rehash, "then run:"), usual)
            return f"the folder {path} has no certificates.", fix
        if not stat.S_ISREG(mode):
            return f"{path} is neither a file nor a folder.", other
        content = read_file(path, _LARGEST)
    except (FileNotFoundError, NotADirectoryError):
        return f"there is no file {path}.", Advice(f"correct the path in {variable}.", usual)
    except OSError as error:
        reason, limit = error.strerror or type(error).__name__, find_limit(error)
        fix = Advice(limit.fix) if limit else other
        return f"{path} cannot be read: {reason[:1].lower()}{reason[1:]}.", fix
    if not content.strip():
        return f"the file {path} is empty.", replacement
    if _PEM not in content:
        return f"the file {path} has no PEM certificates.", replacement
    try:
        ssl.create_default_context(cadata=content.decode("ascii", "ignore"))
    except (ssl.SSLError, ValueError):
        return f"the file {path} is damaged: its certificates cannot be read.", replacement
    return "", Advice()


def explain_certificate_error(
    error: ssl.SSLCertVerificationError, peer: Peer, authorities: Authorities, now_unix_s: float
) -> CertificateFault:
    """Explain a failed certificate verification.

    Args:
        now_unix_s: the current time by this machine's clock.
    """
    now = f"{datetime.fromtimestamp(now_unix_s, timezone.utc):%Y-%m-%d %H:%M:%S} UTC"
    code = error.verify_code
    host = peer.name
    inspect = Command(peer.inspection, "To see the certificate, run:")
    if code == _EXPIRED:
        return CertificateFault(
            f"the certificate of {host}, or of the authority that signed it, has expired, by this "
            f"machine's clock ({now}).",
            Advice(
                "set the clock right if it is wrong. Else whoever runs that server has to renew "
                "its certificate. If its certificate is new, "
                f"{_advise_new_authority(authorities)}."
            ),
        )
    if code == _NOT_YET_VALID:
        return CertificateFault(
            f"the certificate of {host} is not valid yet, by this machine's clock ({now}).",
            Advice("set the clock right. If it is right, ask whoever runs that server."),
        )
    if code in _OTHER_NAME:
        return CertificateFault(
            f"the certificate is for a name other than {host}.",
            Advice(
                f"check the address in {peer.address}. If it is right, something else answers in "
                "its place, such as a login page, a proxy or a wrong DNS entry: ask whoever runs "
                "the network.",
                inspect,
            ),
        )
    if code in (*_SELF_SIGNED, *_UNKNOWN_ISSUER):
        signed = "self-signed" if code == _SELF_SIGNED[0] else "signed by an unknown authority"
        return CertificateFault(
            f"the certificate of {host} is {signed}; the trusted ones are in {authorities}.",
            Advice(
                "if a company's proxy reads the traffic,",
                _advise_authority(authorities),
                "If there is no such proxy, do not trust the certificate: ask whoever runs the "
                "network.",
                inspect,
            ),
        )
    if code == _REVOKED:
        return CertificateFault(
            f"the certificate of {host} has been revoked.",
            Advice("do not trust that server. Ask whoever runs it for a new certificate.", inspect),
        )
    return CertificateFault(
        f"the certificate of {host} does not verify: {error.verify_message}; the trusted ones are "
        f"in {authorities}.",
        Advice("ask whoever runs that server, or a proxy in front of it, to correct it.", inspect),
    )


def _advise_new_authority(authorities: Authorities) -> str:
    if authorities.variable:
        return f"replace the old one of its authority in {authorities}"
    return "update the Python package certifi, which has the authorities"


def _advise_authority(authorities: Authorities) -> Advice:
    path = path_word(authorities.path)
    if authorities.variable and is_folder(authorities.path):
        rehash = Command(f"openssl rehash {path}", "then run:")
        return Advice("add its CA certificate to that folder,", rehash)
    # `echo` adds a line break, because the last line of the file may lack it.
    append = f"{{ echo; cat CA_FILE; }} >> {path}"
    command = append if authorities.variable else _TRUST_CA_FILE
    return Advice("write its CA certificate to a file,", Command(command, "then run:"))
