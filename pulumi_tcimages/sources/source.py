"""The declaration of a data source: one object from which every interface is made."""

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
    """What is listed, in the plural: `platform images of TIONE`."""
    list_query: type[BaseQuery]
    single_query: type[BaseQuery]
    """The same arguments, and those that choose one of several images."""
    action: ListAction
    columns: tuple[str, ...]
    """The fields that the command's table shows, the most important first."""
    examples: tuple[str, ...] = ()
    """Arguments of the command, for its help."""
    operand: str = ""
    """How the command's help calls the first required argument, which takes no flag."""
    scope: str = ""
    """What the images are listed for, beside the region: `the engine`."""
    sites: tuple[str, ...] = ("china", "intl")
    """The sites whose API has the action."""
    regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For a site, the regions that the vendor's page names. Others are sent with a warning."""
    gone_codes: tuple[str, ...] = ("ResourceNotFound",)
    """Error codes for a scope that does not exist, so that none of its images is offered.

    A scope that is only stopped is another matter: its images are still offered.
    """
    scope_fixes: Mapping[str, str] = field(default_factory=dict)
    """What to do about error codes that are about the required arguments."""
    is_confidential: bool = False
    """Whether replies hold secrets beside the images, so that no error shows any of a reply."""

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
        """What `pulumi import` takes for a pin: `dataEngineId/frameworkType/sparkImageId`."""
        return "/".join(map(camel, [*self.single_query.required_names(), self.id_argument]))
