"""The plugin's process: `pulumi-resource-tcimages [ENGINE_ADDRESS]`.

The engine waits for one line, the port, at every preview and every update. So the port is bound and
printed with nothing but grpc imported; the rest is loaded behind it, while the engine connects.
Started without an address (test hosts do that) the plugin serves all the same.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import grpc

if TYPE_CHECKING:
    from pulumi_tcimages.plugin.server import Provider

_THREADS = 320  # the SDK sends 256 lookups at once at the most; Cancel has a thread of its own
POLL_INTERVAL_S = 0.5
_MAX_RECEIVED_BYTES = 16 * 1024 * 1024  # any local program may send this, many times at once
_MAX_SENT_BYTES = 400 * 1024 * 1024  # what Pulumi's own hosts allow
_MOST_WAITING = 1_000_000  # grpc itself cancels some of two thousand calls that come at once

_HELP = """usage: pulumi-resource-tcimages [ENGINE_ADDRESS]

The plugin of the tcimages provider: `pulumi` starts and ends it. For people there is `tcimages`.
"""


class _EarlyCalls(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpcio ships no types
    """Takes calls while the provider is still being loaded; they wait until it is."""

    def __init__(self, engine_address: str) -> None:
        self._loaded = threading.Event()
        self._provider: Provider | None = None
        self._problem = ""
        threading.Thread(target=self._load, args=[engine_address], daemon=True).start()

    def _load(self, engine_address: str) -> None:
        try:
            from pulumi_tcimages.plugin.server import Provider

            self._provider = Provider(engine_address)
        except Exception as error:  # whatever a broken installation brings
            self._problem = f"{type(error).__name__}: {error}"
            return
        finally:
            self._loaded.set()
        try:
            self._provider.warm_up()
        finally:
            gc.freeze()
            gc.enable()

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> object:
        self._loaded.wait()
        if self._provider is None:
            # To leave Cancel unimplemented is to acknowledge it; to refuse it is "always a bug".
            is_cancel = handler_call_details.method.endswith("/Cancel")
            return None if is_cancel else grpc.unary_unary_rpc_method_handler(self._refuse)
        return self._provider.handlers.service(handler_call_details)

    def _refuse(self, _: bytes, context: grpc.ServicerContext) -> None:
        context.abort(
            grpc.StatusCode.FAILED_PRECONDITION,
            f"the tcimages plugin cannot be loaded: {self._problem}\n"
            f"Next     install the package again in {sys.prefix}:\n"
            "         pip install --force-reinstall pulumi-tcimages",
        )


def main() -> None:
    """Serve until the engine says Cancel and interrupts us, or is gone."""
    parent_pid = os.getppid()  # first of all: a parent that dies from here on is noticed
    if {"-h", "--help"} & set(sys.argv[1:]):
        sys.stdout.write(_HELP)
        return
    # Loading makes only what stays: looking for garbage in it costs the first answer 60 ms.
    gc.disable()
    # Its search for plugins among all that is installed costs 15 ms, and none is wanted here.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # A queue of this kind may be filled by a handler that interrupts its reader; an event may not.
    over: SimpleQueue[None] = SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.put(None))
    arguments = [one for one in sys.argv[1:] if not one.startswith("-")]
    engine_address = arguments[-1] if arguments else ""
    server = grpc.server(
        ThreadPoolExecutor(max_workers=_THREADS),
        handlers=[_EarlyCalls(engine_address)],
        options=[
            ("grpc.max_receive_message_length", _MAX_RECEIVED_BYTES),
            ("grpc.max_send_message_length", _MAX_SENT_BYTES),
            ("grpc.so_reuseport", 0),
            ("grpc.server.max_pending_requests", _MOST_WAITING),
            ("grpc.server.max_pending_requests_hard_limit", _MOST_WAITING),
        ],
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()

    from pulumi_tcimages.plugin.watchdog import watch_engine

    watch_engine(engine_address, parent_pid, lambda: over.put(None))
    _wait(over)
    # At once and without a goodbye: the engine has had its answer to Cancel, and neither grpc's own
    # shutdown nor a lookup that hangs in a socket may keep the process.
    os._exit(0)


def _wait(over: SimpleQueue[None]) -> None:
    """Until something is in the queue; a signal that ends no wait is seen at the next look."""
    while True:
        try:
            return over.get(timeout=POLL_INTERVAL_S)
        except Empty:
            continue


if __name__ == "__main__":
    main()
