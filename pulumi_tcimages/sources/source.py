"""The declaration of a data source, from which functions, pin, command and SDK are generated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pulumi_tcimages.core.api import ListAction
from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.query import BaseQuery
from pulumi_tcimages.naming import camel, command_name, pascal_case


@dataclass(frozen=True, eq=False)
class Source:
    """A data source: one of the cloud's image listings.

    The functions, the pin, the command and the SDK's classes are named after `name`.
    """

    title: str
    """A plural noun phrase for the images: `platform images of TIONE`."""
    list_query: type[BaseQuery]
    single_query: type[BaseQuery]
    """The arguments of `list_query`, plus those that choose one of several images."""
    action: ListAction
    columns: tuple[str, ...]
    """The columns of the command's table, most important first."""
    examples: tuple[str, ...] = ()
    """Example arguments for the command's help."""
    operand: str = ""
    """The first required argument's name in the command's help. It is a positional argument."""
    scope: str = ""
    """The scope of the listing in addition to the region, for instance `the engine`."""
    sites: tuple[str, ...] = ("china", "intl")
    """The vendor's sites whose API has this action."""
    regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The documented regions of each site. Other regions are sent with a warning."""
    gone_codes: tuple[str, ...] = ("ResourceNotFound",)
    """Error codes that mean that the scope no longer exists, so that its images are withdrawn.

    Codes for a scope that is only stopped are not included.
    """
    scope_fixes: Mapping[str, str] = field(default_factory=dict)
    """Advice by error code, for errors about required arguments."""
    is_confidential: bool = False
    """Whether responses contain secrets, so that errors must not show any part of them."""

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
        """The name of the criterion that selects an image by id."""
        names = self.list_query.criteria_names()
        return next(name for name in names if self.list_query.field_of(name) == self.image.id_field)

    @property
    def import_form(self) -> str:
        """The format of a pin's import id: `dataEngineId/frameworkType/sparkImageId`."""
        return "/".join(map(camel, [*self.single_query.required_names(), self.id_argument]))
