"""The plugin's process: `pulumi-resource-tcimages [ENGINE_ADDRESS]`.

At every preview and update, the engine waits until the plugin prints its port. So the plugin
imports grpc, binds and prints the port, and imports the rest while the engine connects. Tests and
debuggers start the plugin without an engine address.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

import grpc

from pulumi_tcimages import __version__
from pulumi_tcimages.plugin.thread_pools import ThreadPool, choose_thread_count
from pulumi_tcimages.resource_limits import find_limit

if TYPE_CHECKING:
    from pulumi_tcimages.plugin.server import Provider

_THREADS = 320
"""Maximum number of concurrent calls. The SDK sends at most 256."""
_MAX_RECEIVED_BYTES = 16 * 1024 * 1024
"""Maximum size of a received message. It limits memory, because any local program can send one."""
_MAX_SENT_BYTES = 400 * 1024 * 1024
"""Maximum size of a sent message, as in Pulumi's own plugins."""
_HANDSHAKE_MS = 5_000
"""Time limit for the handshake. Without it, idle connections could use up file descriptors."""
_MAX_PENDING_REQUESTS = 100_000
"""Maximum number of waiting calls. With grpc's default, some of 2,000 concurrent calls fail."""

_HELP = """usage: pulumi-resource-tcimages [ENGINE_ADDRESS]

The plugin of the tcimages provider: `pulumi` starts and ends it. For people there is `tcimages`.
"""


def main() -> None:
    """Serve until the engine exits or interrupts this process."""
    # Read the parent's id first, so that an exit of the parent during start-up is noticed later.
    parent_pid = os.getppid()
    if {"-h", "--help"} & set(sys.argv[1:]):
        sys.stdout.write(_HELP)
        return
    # Turn off garbage collection during the imports: imported modules are never garbage, and
    # searching them would take 60 ms.
    gc.disable()
    # The plugin does not use pydantic's plugins, and pydantic would take 15 ms to look for them.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: _exit())
    addresses = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    _serve(addresses[-1] if addresses else "", parent_pid)
    _exit()


def _exit() -> None:
    """Exit without waiting for lookups. The engine has already received the response to Cancel."""
    os._exit(0)


def _serve(engine_address: str, parent_pid: int) -> None:
    """Serve until the engine exits."""
    server = grpc.server(
        ThreadPool(choose_thread_count(_THREADS)),
        options=[
            ("grpc.max_receive_message_length", _MAX_RECEIVED_BYTES),
            ("grpc.max_send_message_length", _MAX_SENT_BYTES),
            ("grpc.so_reuseport", 0),
            ("grpc.server_handshake_timeout_ms", _HANDSHAKE_MS),
            ("grpc.server.max_pending_requests", _MAX_PENDING_REQUESTS),
            ("grpc.server.max_pending_requests_hard_limit", _MAX_PENDING_REQUESTS),
        ],
    )
    port = server.add_insecure_port("127.0.0.1:0")
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    # From here on, the operating system accepts connections, which wait until the server has
    # started.
    try:
        from pulumi_tcimages.plugin.pulumi_proto import provider_pb2_grpc
        from pulumi_tcimages.plugin.request_parsing import Registrar
        from pulumi_tcimages.plugin.server import Provider

        provider = Provider(engine_address)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, Registrar(server))
    except Exception as error:  # Catch everything: a broken installation may raise any exception.
        server.add_generic_rpc_handlers([_BrokenInstallation(error)])
    else:
        threading.Thread(target=_warm_up, args=[provider], daemon=True).start()
    # Import this before any connection is accepted, because connections use up files.
    from pulumi_tcimages.plugin.watchdog import watch_engine

    server.start()
    watch_engine(engine_address, parent_pid)


def _warm_up(provider: Provider) -> None:
    # Ignore an error here, because the first lookup meets it again and explains it.
    with contextlib.suppress(Exception):
        provider.warm_up()
    gc.freeze()
    gc.enable()


class _BrokenInstallation(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpcio ships no types
    """Answers every call with the error that occurred while importing the provider."""

    def __init__(self, error: Exception) -> None:
        self._text = _explain_broken(error)

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> object:
        # For Cancel, return None, so that grpc answers UNIMPLEMENTED. The engine would report any
        # other error from Cancel as a bug.
        is_cancel = handler_call_details.method.endswith("/Cancel")
        return None if is_cancel else grpc.unary_unary_rpc_method_handler(self._refuse)

    def _refuse(self, _: bytes, context: grpc.ServicerContext) -> None:
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, self._text)


def _explain_broken(error: Exception) -> str:
    if limit := find_limit(error):
        return f"the tcimages plugin cannot be loaded: {limit.message}"
    from pulumi_tcimages.dependencies import explain_conflicts, find_conflicts

    if conflicts := find_conflicts():
        return explain_conflicts(conflicts).text("the tcimages plugin")
    problem = f"{type(error).__name__}: {error}"
    return f"the tcimages plugin cannot be loaded: {problem}\n{_advise_reinstall()}"


def _advise_reinstall() -> str:
    # A frozen plugin comes from the archive that Pulumi downloads. If it is removed, Pulumi
    # downloads it again.
    if getattr(sys, "frozen", False):
        return (
            f"Next     remove it with the files in {os.path.dirname(sys.executable)}, and Pulumi "  # noqa: PTH120
            "installs it again:\n"
            f"         pulumi plugin rm resource tcimages {__version__} --yes"
        )
    from pulumi_tcimages.dependencies import write_reinstall

    return f"Next     to install the package again, run:\n         {write_reinstall()}"


if __name__ == "__main__":
    main()
