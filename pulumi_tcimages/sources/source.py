"""The class of data source declarations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pulumi_tcimages.core.api import ListAction
from pulumi_tcimages.core.images import Image
from pulumi_tcimages.core.query import BaseQuery
from pulumi_tcimages.naming import camel, command_name, pascal_case


@dataclass(eq=False, repr=False)
class Source:
    """The declaration of a data source, which is one of the cloud's image listings.

    The functions, the pin, the command and the SDK's classes are generated from it.
    """

    title: str
    """The images as a plural phrase for messages, such as `platform images of TIONE`."""
    list_query: type[BaseQuery]
    single_query: type[BaseQuery]
    """The query for a single image. Its additional arguments choose between several matches."""
    action: ListAction
    columns: tuple[str, ...]
    """The default columns of the command's table, most important first."""
    examples: tuple[str, ...] = ()
    """Example arguments for the command's help."""
    operand: str = ""
    """The metavar of the first required argument, which is positional in the command."""
    scope: str = ""
    """The object whose images are listed, such as `the engine`.

    It is "" if all images of a region are listed.
    """
    sites: tuple[str, ...] = ("china", "intl")
    """The sites of the vendor whose API has the action."""
    regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The documented regions of each site. A request for another region causes a warning."""
    gone_codes: tuple[str, ...] = ("ResourceNotFound",)
    """The error codes for an engine or project that no longer exists. Its images are withdrawn.

    Codes for an engine that is only stopped are not included.
    """
    scope_fixes: Mapping[str, str] = field(default_factory=dict)
    """The advice for error codes about required arguments."""
    is_confidential: bool = False
    """Whether responses contain secrets, so that errors must not quote them."""

    @property
    def name(self) -> str:
        """The name in the singular and in snake_case, such as `platform_image`."""
        return self.list_query.source_name

    @property
    def image(self) -> type[Image]:
        return self.list_query.image

    @property
    def type_name(self) -> str:
        """The name of the image's type, such as `PlatformImage`."""
        return pascal_case(self.name)

    @property
    def single_function(self) -> str:
        """The name of the function for one image, such as `getPlatformImage`."""
        return f"get{self.type_name}"

    @property
    def list_function(self) -> str:
        """The name of the list function, such as `getPlatformImages`."""
        return f"get{self.type_name}s"

    @property
    def pin_name(self) -> str:
        """The name of the pin's type, such as `PlatformImagePin`, or "" for images without ids."""
        return f"{self.type_name}Pin" if self.image.id_field else ""

    @property
    def command(self) -> str:
        """The name of the command, such as `platform-images`."""
        return command_name(self.name)

    @property
    def id_argument(self) -> str:
        """The name of the criterion that selects an image by id."""
        names = self.list_query.criteria_names()
        return next(name for name in names if self.list_query.field_of(name) == self.image.id_field)

    @property
    def import_form(self) -> str:
        """The format of a pin's import id, such as `dataEngineId/frameworkType/sparkImageId`."""
        return "/".join(map(camel, [*self.single_query.required_names(), self.id_argument]))
