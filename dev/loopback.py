"""Tests talk to this machine only: who reaches for another address is refused, and the test fails, whoever swallows it.

``guard()`` puts itself before Python's sockets and look-ups of names, for the rest of the process. Processes that tests
start run as ``python -m loopback MODULE arguments``, which exits with 97 when anything was tried.
"""

import ipaddress
import os
import runpy
import socket
import sys

#: What was tried since the last look: "host:port", or the name that was looked up.
TRIED = []
_NAMES = {"", "localhost", "localhost.localdomain", "ip6-localhost", socket.gethostname().lower()}


def is_ours(host):
    """Whether a host is this machine.

    >>> is_ours("127.0.0.1"), is_ours("127.8.9.1"), is_ours("::1"), is_ours("LocalHost"), is_ours(None)
    (True, True, True, True, True)
    >>> is_ours("10.0.0.1"), is_ours("example.com"), is_ours("127.0.0.1.example.com"), is_ours("::ffff:8.8.8.8")
    (False, False, False, False)
    """
    host = host.decode("ascii", "replace") if isinstance(host, bytes) else host or ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host.lower() in _NAMES
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback or address.is_unspecified


def taken():
    """What was tried since the last call."""
    tried = list(TRIED)
    TRIED.clear()
    return tried


def _check(address):
    """Raises when a socket's address is elsewhere; those of other families (files, kernel) have no host."""
    if isinstance(address, tuple) and address and isinstance(address[0], str | bytes) and not is_ours(address[0]):
        TRIED.append(":".join(map(str, address[:2])))
        raise ConnectionRefusedError(f"A test reached for {TRIED[-1]}.")


def _checked(method, place):
    def call(self, *arguments):
        _check(arguments[place] if arguments else None)
        return method(self, *arguments)

    return call


def guard():
    """Refuse everything that is not this machine; calling it again changes nothing."""
    if getattr(socket.socket, "is_guarded", False):
        return
    look_up = socket.getaddrinfo

    def getaddrinfo(host, *arguments, **named):
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else host or ""
        if not is_ours(name) and not _is_number(name):  # a number is not looked up anywhere
            TRIED.append(name)
            raise socket.gaierror(socket.EAI_NONAME, f"A test looked {name} up.")
        return look_up(host, *arguments, **named)

    socket.getaddrinfo = getaddrinfo
    for name, place in (("connect", 0), ("connect_ex", 0), ("sendto", -1)):
        setattr(socket.socket, name, _checked(getattr(socket.socket, name), place))
    socket.socket.is_guarded = True


def _is_number(host):
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def main():
    """Run a module under guard."""
    guard()
    sys.argv = sys.argv[1:]
    try:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    finally:
        if TRIED:
            print("reached for " + ", ".join(TRIED), file=sys.stderr, flush=True)
            os._exit(97)


if __name__ == "__main__":
    main()
