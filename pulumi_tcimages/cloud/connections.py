"""urllib3 connections that another thread can close.

Plain HTTP to `localhost` fails if that name resolves to another machine, because the request would
leave this machine unencrypted. This module is imported at the first request, because importing
urllib3 takes time.
"""

from __future__ import annotations

import ipaddress
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from pulumi_tcimages.cloud.cancellation import note_connection
from pulumi_tcimages.cloud.proxies import NotLocalError, is_local_name


class _Watched(HTTPConnection):
    def connect(self) -> None:
        note_connection(self)
        super().connect()
        try:
            # Register again: this call raises an error if the exchange ended while `connect` was
            # waiting.
            note_connection(self)
        except OSError:
            self.close()
            raise

    def request(self, *arguments: Any, **options: Any) -> None:
        note_connection(self)  # Register here too: a reused connection does not call `connect`.
        super().request(*arguments, **options)


class _PlainConnection(_Watched):
    def connect(self) -> None:
        super().connect()
        if is_local_name(self.host) and not _is_local(self.sock.getpeername()[0]):
            self.close()
            raise NotLocalError


class _TlsConnection(_Watched, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


_POOLS = {"http": _PlainPool, "https": _TlsPool}


class Adapter(HTTPAdapter):
    """A requests adapter whose connections another thread can close, for instance at a timeout."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager


def _is_local(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    return (mapped or ip).is_loopback
