"""The declaration of a data source, from which its functions, pin, command and SDK are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pulumi_tcimages.core.api import ListAction
from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.query import BaseQuery
from pulumi_tcimages.naming import camel, command_name, pascal_case


@dataclass(frozen=True, eq=False)
class Source:
    """One image listing of the cloud.

    The functions, the pin, the command and the classes of the SDK are named after `name`.
    """

    title: str
    """The images in the plural: `platform images of TIONE`."""
    list_query: type[BaseQuery]
    single_query: type[BaseQuery]
    """The same arguments as `list_query`, and those that choose one of several images."""
    action: ListAction
    columns: tuple[str, ...]
    """The columns of the command's table, the most important first."""
    examples: tuple[str, ...] = ()
    """Examples of the command's arguments, for its help."""
    operand: str = ""
    """The name of the first required argument in the command's help. It takes no flag."""
    scope: str = ""
    """What images are listed for, beside the region: `the engine`."""
    sites: tuple[str, ...] = ("china", "intl")
    """The sites whose API has the action."""
    regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The regions of a site that the vendor's page names. Others are sent with a warning."""
    gone_codes: tuple[str, ...] = ("ResourceNotFound",)
    """Error codes for a scope that does not exist, so that its images are withdrawn.

    They do not include codes for a scope that is only stopped.
    """
    scope_fixes: Mapping[str, str] = field(default_factory=dict)
    """Fixes by error code, for errors about the required arguments."""
    is_confidential: bool = False
    """Whether replies contain secrets, so that no error shows any of them."""

    @property
    def name(self) -> str:
        """Singular, in snake_case: `platform_image`."""
        return self.list_query.source_name

    @property
    def image(self) -> type[Image]:
        return self.list_query.image

    @property
    def type_name(self) -> str:
        """`PlatformImage`."""
        return pascal_case(self.name)

    @property
    def single_function(self) -> str:
        """`getPlatformImage`."""
        return f"get{self.type_name}"

    @property
    def list_function(self) -> str:
        """`getPlatformImages`."""
        return f"get{self.type_name}s"

    @property
    def pin_name(self) -> str:
        """`PlatformImagePin`; empty for images without an id."""
        return f"{self.type_name}Pin" if self.image.id_field else ""

    @property
    def command(self) -> str:
        """`platform-images`."""
        return command_name(self.name)

    @property
    def id_argument(self) -> str:
        """The criterion that selects an image by its id."""
        names = self.list_query.criteria_names()
        return next(name for name in names if self.list_query.field_of(name) == self.image.id_field)

    @property
    def import_form(self) -> str:
        """The import id of a pin: `dataEngineId/frameworkType/sparkImageId`."""
        return "/".join(map(camel, [*self.single_query.required_names(), self.id_argument]))
