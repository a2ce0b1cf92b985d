"""Base types for the models of the vendor's API objects, which validate the catalogue.

Fields have the vendor's names. As in the vendor's API, every field may be null except the one that
identifies an image. Unknown fields are allowed, because the vendor may add fields.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Text = str | None
Texts = list[str] | None
Flag = bool | None
Number = int | None
Identifier = Annotated[str, Field(min_length=1)]


class Record(BaseModel):
    """Base class for the API objects in the catalogue."""

    model_config = ConfigDict(strict=True, extra="allow")


class Attribute(Record):
    """The type Attribute of the TIONE API."""

    Type: Text = None
    Key: Text = None
    Value: Text = None
    Values: Texts = None
