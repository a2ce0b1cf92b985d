"""The repr of an object has no value that a user may have marked as secret."""

from __future__ import annotations

import pytest

from pulumi_tcimages.cloud.api_requests import Credential, Role
from pulumi_tcimages.cloud.profiles import ProfileKeys
from pulumi_tcimages.cloud.setting_values import Section, Value
from pulumi_tcimages.core.api import Keys
from pulumi_tcimages.core.configuration import read_configuration
from pulumi_tcimages.errors import ConfigurationError
from pulumi_tcimages.plugin.functions import ParsedInvoke, list_functions
from pulumi_tcimages.plugin.outdated_pins import CheckedPin
from pulumi_tcimages.plugin.pin_inputs import list_pins
from pulumi_tcimages.plugin.property_values import Secret
from pulumi_tcimages.plugin.redaction import Secrets
from pulumi_tcimages.plugin.stack_export import StackPin

TEXT = "canary-value"
ARN = f"qcs::cam::uin/100000000001:roleName/{TEXT}"
ROLE = Role(ARN, TEXT, 7200, TEXT, TEXT)
VALUE = Value(TEXT, "configuration tcimages:region")
FUNCTION = list_functions()[1]
PIN = list_pins()[0]
PARSED = ParsedInvoke(
    FUNCTION,
    FUNCTION.query.model_construct(framework=TEXT),
    Secrets(frozenset({"framework"}), (TEXT,)),
    [TEXT],
    is_region_secret=False,
)
STACK_PIN = StackPin(
    "urn:pulumi:dev::p::t::n", PIN, {"framework": Secret(TEXT)}, {}, {"region": TEXT}
)


@pytest.mark.parametrize(
    "value",
    [
        read_configuration({"assume_role": {"role_arn": ARN, "policy": f'{{"a": "{TEXT}"}}'}}),
        read_configuration({"profile": TEXT}),
        Secrets(frozenset({"framework"}), (TEXT,)),
        PARSED,
        STACK_PIN,
        CheckedPin(STACK_PIN, problem=TEXT, error=ConfigurationError(TEXT), warnings=(TEXT,)),
        ROLE,
        Credential(Keys(TEXT, TEXT, TEXT), "environment", role=ROLE, sent_secrets=(TEXT,)),
        ProfileKeys("p", TEXT, TEXT, TEXT, role_arn=ARN, role_session_name=TEXT),
        VALUE,
        Section("assume_role", {"role_arn": VALUE}, {}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_repr_omits_values(value: object) -> None:
    shown = (repr(value), str(value), repr([value]))

    assert all(type(value).__name__ in text for text in shown)
    assert not any(TEXT in text for text in shown)
