"""Base types for the vendor's records, with which the catalogue is validated.

Field names are the vendor's. As in the vendor's API, every field may be null except the one that
identifies an image. Unknown fields are allowed, because the cloud may add fields.
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
    """An object of the vendor's API."""

    model_config = ConfigDict(strict=True, extra="allow")


class Attribute(Record):
    """Attribute of the TIONE API."""

    Type: Text = None
    Key: Text = None
    Value: Text = None
    Values: Texts = None
