"""Lets aiogram be read without building the models of the Bot API that nobody here uses: 100 MB and two seconds less.

Importing aiogram builds validators for some three hundred types, each with all that it may hold; this program makes a few
of them and reads none. What is built here is complete; any other model says that it is not as soon as it is made.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel


@contextmanager
def unbuilt() -> Iterator[None]:
    """What is imported in here stays as it was declared. Import only a library's models: other threads see it too."""
    rebuild = BaseModel.__dict__["model_rebuild"]
    BaseModel.model_rebuild = classmethod(_later)  # type: ignore[assignment, method-assign]  # put back below
    try:
        yield
    finally:
        BaseModel.model_rebuild = rebuild  # type: ignore[method-assign]  # as it was


def build(models: Iterable[type[BaseModel]], names: Mapping[str, Any]) -> None:
    """Build these; `names` are all that they and their parts may speak of.

    Raises:
        pydantic.PydanticUndefinedAnnotation: A name is missing: the library has changed.
    """
    for model in models:
        model.model_rebuild(_types_namespace=names)


def _later(_: type[BaseModel], /, **__: Any) -> None:
    """Takes the place of `model_rebuild`."""
