"""The address of a publisher's service, shown without its secrets.

``REBALANCING_<SERVICE>_URL`` replaces an address, by a mirror or a stand-in; it may hold a user
and a password, which are sent but never shown. ``REBALANCING_<SERVICE>_KEY`` is a key, for
services that take one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from rebalancing.errors import InputError


class AddressError(InputError):
    """A text that cannot be an address."""


class ServiceKeyError(InputError):
    """A text that cannot be a key."""


def key(service: str, environ: Mapping[str, str]) -> str | None:
    """Return the key for a service, without blanks around it; None where there is none.

    Args:
        service: Its name in variables, such as IMF.
        environ: The environment.

    Raises:
        ServiceKeyError: It holds characters that cannot be sent.
    """
    variable = f"REBALANCING_{service}_KEY"
    text = environ.get(variable, "").strip()
    if not (text.isascii() and text.isprintable()):
        raise ServiceKeyError(f"{variable} must be one line of plain letters, digits and signs")
    return text or None


@dataclass(frozen=True)
class Address:
    """An address without its credentials, and the variable that replaces it."""

    url: str
    variable: str
    credentials: tuple[str, str] | None = field(default=None, repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The part to hide: the password or, where it stands alone, the name: it may be a token."""
        user, password = self.credentials or ("", "")
        return (password or user,) if self.credentials else ()

    @classmethod
    def find(cls, service: str, default: str, environ: Mapping[str, str]) -> Address:
        """Return the address of a service.

        Args:
            service: Its name in variables, such as WORLDBANK.
            default: The publisher's own address.
            environ: The environment.

        Raises:
            AddressError: The variable does not hold an address.
        """
        variable = f"REBALANCING_{service}_URL"
        text = environ.get(variable) or default
        try:
            url = httpx.URL(text)
        except httpx.InvalidURL:
            url = httpx.URL()
        if url.scheme not in {"http", "https"} or not url.host or url.query or url.fragment:
            raise AddressError(
                f"{variable} must be an address such as http://127.0.0.1:8000/v2, without a query"
            )
        credentials = (url.username, url.password) if url.userinfo else None
        bare = url.copy_with(username=None, password=None) if credentials else url
        return cls(str(bare).rstrip("/"), variable, credentials)
