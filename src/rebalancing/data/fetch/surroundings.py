"""The environment's settings for reaching a service: proxies, and certificates to trust.

Each variable is checked by its own name before anybody is asked. The HTTP client takes proxies from
HTTP_PROXY, HTTPS_PROXY and ALL_PROXY, in capitals or not; SOCKS needs the package socksio.
Certificates come from SSL_CERT_FILE, REQUESTS_CA_BUNDLE or SSL_CERT_DIR, the first that is set.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import httpx

from rebalancing.errors import InputError

_PROXIES = ("http_proxy", "https_proxy", "all_proxy")
_FILES, _FOLDERS = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"), "SSL_CERT_DIR"
_EXAMPLE = "an address such as http://127.0.0.1:3128"


class ProxyAddressError(InputError):
    """The environment names a proxy that cannot be used."""


class CertificatesError(InputError):
    """The environment names certificates that cannot be read."""


def check_proxies(environ: Mapping[str, str]) -> None:
    """Raise unless every proxy of the environment can be used.

    Raises:
        ProxyAddressError: One cannot; the message does not quote it, for it may hold a password.
    """
    for name, value in proxies(environ).items():
        try:
            proxy = httpx.Proxy(value if "://" in value else f"http://{value}")
        except (httpx.InvalidURL, ValueError):
            raise ProxyAddressError(f"{name} must be {_EXAMPLE}: correct it, or unset it") from None
        if proxy.url.scheme.startswith("socks") and find_spec("socksio") is None:
            raise ProxyAddressError(
                f"{name} names a SOCKS proxy, which needs a package that is not installed: "
                f"unset it, set it to {_EXAMPLE}, or install it with: .venv/bin/pip install socksio"
            )


def proxies(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the proxies of the environment by the names of their variables."""
    named = {name: environ[name].strip() for name in sorted(environ) if name.lower() in _PROXIES}
    return {name: value for name, value in named.items() if value}


def certificates(environ: Mapping[str, str]) -> ssl.SSLContext:
    """Return the certificates to trust: those that the environment names, or the usual ones.

    Raises:
        CertificatesError: A variable names what is not there or holds no certificates.
    """
    for name in (*_FILES, _FOLDERS):
        places = environ.get(name, "").split(":" if name == _FOLDERS else "\0")
        for place in filter(None, places):
            path = Path(place)
            if not (path.is_dir() if name == _FOLDERS else path.is_file()):
                kind = "folder" if name == _FOLDERS else "file"
                raise CertificatesError(
                    f"{name} names {place}, which is no {kind} of certificates: correct it, or "
                    "unset it"
                )
    for name in _FILES:
        if environ.get(name):
            try:
                return _trusting(file=environ[name])
            except OSError as error:
                raise CertificatesError(
                    f"{name} names {environ[name]}, which cannot be used "
                    f"({error.strerror or error}): correct it, or unset it"
                ) from None
    if environ.get(_FOLDERS):
        return _trusting(folder=environ[_FOLDERS])
    return _trusting()


@cache  # to read them takes longer than many an answer
def _trusting(*, file: str | None = None, folder: str | None = None) -> ssl.SSLContext:
    if file or folder:
        return ssl.create_default_context(cafile=file, capath=folder)
    return httpx.create_ssl_context()
