"""The provider's gRPC methods: they deserialize requests, call other modules and serialize results.

The methods run on a thread pool. Lookups may occupy all of its threads, so Cancel has its own.

A TcImagesError is converted to a gRPC status with the whole message. For functions, the `failures`
of an InvokeResponse are not used, because not every tool shows them. Any other exception is a bug,
unless a dependency has an incompatible version. In that case the user sees a short message, and the
debug log gets the traceback without values.
"""

from __future__ import annotations

import functools
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any, TypeVar

import grpc
from google.protobuf import empty_pb2

from pulumi_tcimages import __version__, errors
from pulumi_tcimages.formatting import printable, shell_word
from pulumi_tcimages.naming import camel, snake
from pulumi_tcimages.plugin import functions
from pulumi_tcimages.plugin.configuration import (
    Cloud,
    check_attach,
    check_change,
    check_configuration,
    find_stack,
    is_about_provider,
    mark_encrypted,
    name_provider,
    read_variables,
)
from pulumi_tcimages.plugin.engine_log import EngineLog, UrnLog
from pulumi_tcimages.plugin.property_values import deserialize, serialize
from pulumi_tcimages.plugin.pulumi_proto import plugin_pb2, provider_pb2, provider_pb2_grpc
from pulumi_tcimages.plugin.reader import find_own_style
from pulumi_tcimages.plugin.redacted_errors import ErrorRedactor
from pulumi_tcimages.plugin.redaction import Secrets
from pulumi_tcimages.plugin.rpc_errors import CODES, fit_status, name_subject
from pulumi_tcimages.plugin.thread_pools import ThreadPool, is_thread_limit_reached
from pulumi_tcimages.resource_limits import THREADS, find_limit

_ServicerT = TypeVar("_ServicerT", bound="Provider")
Method = Callable[[_ServicerT, Any, grpc.ServicerContext], Any]


def _reports_errors(method: Method[_ServicerT]) -> Method[_ServicerT]:
    """Decorate a method, so that its exceptions become gRPC statuses."""

    @functools.wraps(method)
    def run(self: _ServicerT, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request, context)
        except Exception as error:
            code, text = self.describe_error(error, request, method.__name__)
        # Do not call `context.abort`: it raises an exception that grpc keeps in memory, and with it
        # the request.
        context.set_code(code)
        context.set_details(text)
        return None

    return run


def _has_own_thread(method: Any) -> Any:
    """Decorate a method, so that grpc runs it on a thread that other methods do not use."""
    method.experimental_thread_pool = ThreadPool(1)
    return method


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """The implementation of Pulumi's ResourceProvider service."""

    def __init__(self, engine_address: str = "") -> None:
        self._style = find_own_style()
        self._log = EngineLog(engine_address, self._style)
        self._cancelled = threading.Event()
        self._is_for_one_engine = bool(engine_address)
        self._configuring = threading.Lock()
        self._cloud = Cloud({}, self._log.show_status, self._cancelled)
        self._is_configured = False

    def describe_error(
        self, error: Exception, request: Any, method: str
    ) -> tuple[grpc.StatusCode, str]:
        """Return the status and the message for an exception of a method."""
        subject = name_subject(request)
        label = subject or method
        try:
            if isinstance(error, errors.TcImagesError):
                code = CODES.get(type(error), grpc.StatusCode.UNKNOWN)
                return code, fit_status(self.render_error(error, request, subject))
            # Write only the stack frames, because the exception's text may contain a secret value.
            frames = "".join(traceback.format_tb(error.__traceback__))
            limit = find_limit(error) or (THREADS if is_thread_limit_reached() else None)
            if limit is None:
                sys.stderr.write(frames)
                from pulumi_tcimages.dependencies import explain_conflicts, find_conflicts

                if conflicts := find_conflicts():
                    text = self.render_error(explain_conflicts(conflicts), request, subject)
                    return grpc.StatusCode.FAILED_PRECONDITION, text
        # To write a message takes memory, and an import takes a file.
        except Exception as failure:
            limit = find_limit(failure)
        if limit:
            return grpc.StatusCode.RESOURCE_EXHAUSTED, f"{label}: {limit.message}"
        return grpc.StatusCode.INTERNAL, (
            f"{label}: pulumi-tcimages has a bug ({type(error).__name__}). Please report it on "
            f"{errors.ISSUES}, with the output of: "
            f"pulumi up{self._stack_flag(request)} --logtostderr --logflow -v=9"
        )

    def render_error(self, error: errors.TcImagesError, request: Any, subject: str = "") -> str:
        """Return an error's message without secret values."""
        cloud = self._cloud
        secrets = Secrets.in_request(request, cloud.secrets, cloud.is_region_secret)
        if is_about_provider(request):
            provider, secret_keys = name_provider(request), frozenset(map(camel, secrets.names))
        else:
            provider, secret_keys = cloud.provider, cloud.secret_keys
        redactor = ErrorRedactor(secrets, provider, self._find_stack(request), secret_keys)
        context = [("Provider", printable(provider))] if subject else []
        return redactor.write(error, self._style_subject(subject), context, self._style)

    def _find_stack(self, request: Any) -> str:
        return find_stack(request) or self._cloud.stack

    def _stack_flag(self, request: Any) -> str:
        """Return the flag of `pulumi` for the stack, such as ` --stack prod`, or ""."""
        stack = self._find_stack(request)
        return f" --stack {shell_word(printable(stack))}" if stack else ""

    def _style_subject(self, subject: str) -> str:
        """Convert a function's name to the naming style of the user's language, such as snake_case.

        Names of resources are not converted.
        """
        return subject if subject[:1].isupper() else self._style(snake(subject))

    def warm_up(self) -> None:
        """Import the modules for the first lookup, while the engine still configures the plugin."""
        self._cloud.warm_up()

    # RPC methods for the plugin itself

    @_reports_errors
    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, accept_resources=True, accept_outputs=False
        )

    @_reports_errors
    def Attach(self, request: Any, context: grpc.ServicerContext) -> Any:
        check_attach(self._is_for_one_engine)
        self._log.attach(request.address)
        return empty_pb2.Empty()

    @_reports_errors
    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version=__version__)

    @_reports_errors
    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> Any:
        from pulumi_tcimages.plugin.schema import schema_text

        if request.version:
            context.set_code(grpc.StatusCode.UNIMPLEMENTED)
            context.set_details(f"there is no schema of version {request.version}")
            return provider_pb2.GetSchemaResponse()
        return provider_pb2.GetSchemaResponse(schema=schema_text())

    @_reports_errors
    def GetMapping(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.GetMappingResponse()

    @_reports_errors
    def GetMappings(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.GetMappingsResponse()

    @_has_own_thread
    def Cancel(self, _: Any, context: grpc.ServicerContext) -> Any:
        self._cancelled.set()
        return empty_pb2.Empty()

    # RPC methods for the provider's configuration

    @_reports_errors
    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        news = deserialize(request.news)
        try:
            inputs = check_configuration(news, name_provider(request))
        except errors.ConfigurationError as refused:
            return self._check_failed(mark_encrypted(request), refused)
        return provider_pb2.CheckResponse(inputs=serialize(inputs))

    @_reports_errors
    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        from pulumi_tcimages.plugin.diffs import build_diff_response, changed

        olds, news = deserialize(request.old_inputs), deserialize(request.news)
        return build_diff_response(changed(olds, news), olds, news)

    @_reports_errors
    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        values = deserialize(request.args) or read_variables(request.variables)
        with self._configuring:
            is_next_engine = self._cancelled.is_set() and not self._is_for_one_engine
            # If the same engine calls Configure again, keep its cancellation event, because running
            # lookups wait for it.
            cancelled = threading.Event() if is_next_engine else self._cancelled
            cloud = Cloud(
                values,
                self._log.show_status,
                cancelled,
                name_provider(request),
                find_stack(request),
            )
            if self._is_configured and not is_next_engine:
                check_change(self._cloud, cloud, self._is_for_one_engine)
            else:
                self._cancelled, self._cloud, self._is_configured = cancelled, cloud, True
                self._log.secrets = cloud.secrets
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, acceptResources=True, acceptOutputs=False
        )

    # RPC methods for functions

    @_reports_errors
    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        cloud = self._cloud
        return functions.answer(
            request.tok,
            request.args,
            cloud.client,
            self._log.warn,
            is_region_secret=cloud.is_region_secret,
        )

    # RPC methods for pins. They import modules on first use, because many programs have no pins.

    @_reports_errors
    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        from pulumi_tcimages.plugin import pin_methods

        pin = pin_methods.pin_of(request.urn)
        try:
            return pin_methods.check(pin, request, self._cloud)
        except errors.InvalidArgumentError as refused:
            return self._check_failed(request, refused)

    @_reports_errors
    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        from pulumi_tcimages.plugin import pin_methods

        return pin_methods.diff(request, self._log_of(request))

    @_reports_errors
    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        from pulumi_tcimages.plugin import pin_methods

        return pin_methods.create(request, self._cloud, self._log_of(request))

    @_reports_errors
    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        from pulumi_tcimages.plugin import pin_methods

        return pin_methods.update(request, self._cloud, self._log_of(request))

    @_reports_errors
    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        from pulumi_tcimages.plugin import pin_methods

        return pin_methods.read(request, self._cloud, self._log_of(request))

    @_reports_errors
    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        # There is nothing to delete: a pin exists only in the stack's state.
        return empty_pb2.Empty()

    def _log_of(self, request: Any) -> UrnLog:
        """Return the engine's log for the resource of a request."""
        return self._log.about(request.urn, Secrets.in_request(request).texts)

    def _check_failed(self, request: Any, refused: errors.TcImagesError) -> Any:
        """Build the response for inputs that are invalid.

        The failure does not name a property, because the engine would print the property's value.
        """
        failure = provider_pb2.CheckFailure(reason=self.render_error(refused, request))
        return provider_pb2.CheckResponse(inputs=request.news, failures=[failure])
