"""Whether a Dask scheduler answers at an address, and what is said where none does."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
from typing import Any

from rebalancing.errors import InputError, RebalancingError
from rebalancing.quoting import one_line, shown

PATIENCE = 10  # seconds for a scheduler to answer
HOW = "docs/sweeps.md says how workers are started"
_CHECK = "check the address (docs/sweeps.md)"
_MOST_PORTS = 65535


class SchedulerError(RebalancingError):
    """A scheduler or worker that cannot perform the sweep."""


def gone(address: str) -> SchedulerError:
    """Return the error of a scheduler that has gone."""
    kept = "what had finished is kept, and the same command goes on from there"
    return SchedulerError(f"{address}: the scheduler has gone; {kept}")


def no_answer(address: str, error: Exception) -> SchedulerError:
    """Return the error of an address where nobody listens."""
    return SchedulerError(f"{address}: no scheduler answers ({one_line(str(error))}); {HOW}")


def check_address(address: str) -> None:
    """Refuse what is no address, before anybody waits for an answer.

    Raises:
        InputError: It has another form, or a port that does not exist.
        SchedulerError: Its host is not known here.
    """
    found = re.fullmatch(r"(?:tcp|tls)://(\[[0-9a-fA-F:]+\]|[\w.-]+):([0-9]{1,5})", address)
    if not found:
        raise InputError(f"--scheduler {shown(address)}: use an address as tcp://10.0.0.1:8786")
    host, port = found[1].strip("[]"), int(found[2])
    if not 0 < port <= _MOST_PORTS:
        raise InputError(f"--scheduler {address}: there is no port {port}; use 1 to {_MOST_PORTS}")
    try:
        socket.getaddrinfo(host, port)
    except (OSError, UnicodeError):
        raise SchedulerError(f"{address}: the host {host} is not known here; {_CHECK}") from None


def check_answer(address: str) -> None:
    """See that a scheduler answers; a client would wait for ever where something else listens.

    Raises:
        SchedulerError: Nobody answers, or something else.
    """
    from distributed.comm.core import CommClosedError

    try:
        is_scheduler = asyncio.run(asyncio.wait_for(_answers(address), PATIENCE))
    except (TimeoutError, CommClosedError):  # something accepts, and stays silent or hangs up
        is_scheduler = False
    except OSError as error:
        raise no_answer(address, error) from None
    except Exception:  # it sends what cannot be read, or can only be read as a huge message
        is_scheduler = False
    if not is_scheduler:
        raise SchedulerError(f"{address} does not answer as a Dask scheduler; {_CHECK}")


async def _answers(address: str) -> bool:
    """Return whether what listens at an address has workers, or may have."""
    from distributed.comm.core import connect
    from distributed.core import send_recv
    from distributed.security import Security

    dask: Any = Security
    settings = dask().get_connection_args("client")
    comm = await connect(address, timeout=0.8 * PATIENCE, **settings)  # type: ignore[no-untyped-call]
    try:
        return "workers" in await send_recv(comm, op="identity")
    finally:
        comm.abort()


def silence() -> None:
    """Keep the lines of distributed out of ours; each of its loggers has a level of its own."""
    for name in ["distributed", *logging.root.manager.loggerDict]:
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
