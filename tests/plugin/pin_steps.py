"""The operations of the engine on a pin, and catalogue rows for tests."""

from __future__ import annotations

from typing import Any

from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from pulumi_tcimages.plugin.property_values import deserialize, serialize

URN = "urn:pulumi:prod::shop::tcimages:index:PlatformImagePin::train"
SESSION_URN = "urn:pulumi:prod::shop::my:comp:Thing$tcimages:index:SessionImagePin::spark"
CRITERIA = {"framework": "vllm", "latest": True}

Properties = dict[str, Any]


class Stack:
    """A stack with one pin: the state that the engine stores between operations."""

    def __init__(self, stub: provider_pb2_grpc.ResourceProviderStub, urn: str = URN) -> None:
        self.stub, self.urn = stub, urn
        self.id, self.inputs, self.outputs = "", {}, {}

    def check(self, inputs: Properties) -> Properties:
        request = provider_pb2.CheckRequest(urn=self.urn, news=serialize(inputs))
        checked = self.stub.Check(request)
        assert list(checked.failures) == [], checked.failures[0].reason
        return deserialize(checked.inputs)

    def preview(self, inputs: Properties) -> Properties:
        checked_inputs = self.check(inputs)
        if not self.id:
            request = provider_pb2.CreateRequest(
                urn=self.urn, properties=serialize(checked_inputs), preview=True
            )
            created = self.stub.Create(request)
            assert created.id == ""  # the engine receives no id in a preview
            return deserialize(created.properties)
        return deserialize(self.stub.Update(self._update(checked_inputs, preview=True)).properties)

    def up(self, inputs: Properties) -> list[str]:
        """Create or update the pin, and return the names of the changed inputs."""
        checked_inputs = self.check(inputs)
        if not self.id:
            created = self.stub.Create(
                provider_pb2.CreateRequest(urn=self.urn, properties=serialize(checked_inputs))
            )
            self.id, self.outputs = created.id, deserialize(created.properties)
            self.inputs = checked_inputs
            return []
        diff = self.stub.Diff(self._diff(checked_inputs))
        assert list(diff.replaces) == []
        if diff.changes == provider_pb2.DiffResponse.DIFF_SOME:
            updated = self.stub.Update(self._update(checked_inputs, preview=False))
            self.outputs, self.inputs = deserialize(updated.properties), checked_inputs
        return list(diff.diffs)

    def refresh(self) -> None:
        read = self.stub.Read(
            provider_pb2.ReadRequest(
                id=self.id,
                urn=self.urn,
                properties=serialize(self.outputs),
                inputs=serialize(self.inputs),
            )
        )
        assert read.id == self.id
        self.outputs, self.inputs = deserialize(read.properties), deserialize(read.inputs)

    def import_(self, identity: str) -> None:
        read = self.stub.Read(provider_pb2.ReadRequest(id=identity, urn=self.urn))
        self.id = read.id
        self.outputs, self.inputs = deserialize(read.properties), deserialize(read.inputs)

    def get(self, identity: str) -> Any:
        """Return the response to `.get()`, for which the engine sends an empty state."""
        request = provider_pb2.ReadRequest(id=identity, urn=self.urn, properties=serialize({}))
        return self.stub.Read(request)

    @property
    def version(self) -> str:
        return str(self.outputs["image"]["frameworkVersion"])

    def _diff(self, news: Properties) -> provider_pb2.DiffRequest:
        return provider_pb2.DiffRequest(
            id=self.id,
            urn=self.urn,
            olds=serialize(self.outputs),
            old_inputs=serialize(self.inputs),
            news=serialize(news),
        )

    def _update(self, news: Properties, *, preview: bool) -> provider_pb2.UpdateRequest:
        return provider_pb2.UpdateRequest(
            id=self.id,
            urn=self.urn,
            olds=serialize(self.outputs),
            old_inputs=serialize(self.inputs),
            news=serialize(news),
            preview=preview,
        )


def vllm_row(version: str, **fields: Any) -> Properties:
    return {
        "ImageId": f"vllm-{version}",
        "ImageName": f"vllm({version})",
        "Framework": "VLLM",
        "FrameworkVersion": version,
        "ImageRange": ["Inference"],
        **fields,
    }
