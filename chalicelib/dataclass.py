"""`@dataclass` as the standard library has it, for a seventh of what it costs when the module is imported.

The library compiles up to six functions for every class, and a function here may load a hundred and fifty classes before
its first line: a sixth of a cold start. Only `__init__` has to be made to measure; the rest can be the same for all. What is
not supported (`slots`, `order`, `kw_only`) is taken from the library itself. Type checkers see the library's.
"""

from operator import attrgetter
from typing import TYPE_CHECKING

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses

    def dataclass(cls=None, /, *, frozen=False):
        """The class with `__init__`, `__repr__` and `__eq__`; frozen: with `__hash__`, and nothing can be set."""
        return (lambda cls: _made(cls, frozen)) if cls is None else _made(cls, frozen)

    def _made(cls, frozen):
        # Without one the library writes it out of the signature, the dearest part of all.
        cls.__doc__ = cls.__doc__ or cls.__name__
        cls = dataclasses.dataclass(init=False, repr=False, eq=False)(cls)
        fields = dataclasses.fields(cls)
        methods = {
            "__init__": _init(cls, fields),
            "__repr__": _repr,
            "__eq__": _eq,
            "__hash__": _hash if frozen else None,
        }
        if frozen:
            methods |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
        for name, method in methods.items():
            if name not in cls.__dict__:
                setattr(cls, name, method)
        cls._compared = attrgetter(*names) if (names := [f.name for f in fields if f.compare]) else type
        return cls

    def _init(cls, fields):
        scope, parameters, values = {"_MISSING": dataclasses.MISSING}, [], []
        for field in fields:
            name = field.name
            value, default = name, ""
            if field.default_factory is not dataclasses.MISSING:
                scope[f"_make_{name}"] = field.default_factory
                value, default = f"_make_{name}() if {name} is _MISSING else {name}", "=_MISSING"
            elif field.default is not dataclasses.MISSING:
                scope[f"_default_{name}"] = field.default
                default = f"=_default_{name}"
            parameters.append(name + default)
            values.append(f"{name!r}: {value}")
        after = "; self.__post_init__()" if hasattr(cls, "__post_init__") else ""
        body = f"self.__dict__.update({{{', '.join(values)}}})"
        exec(f"def __init__({', '.join(['self', *parameters])}): {body}{after}", scope)  # noqa: S102 - as the library does; out of names in our own source
        scope["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
        return scope["__init__"]

    def _repr(self):
        shown = (f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self) if f.repr)
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def _eq(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        compared = type(self)._compared
        return compared(self) == compared(other)

    def _hash(self):
        return hash(type(self)._compared(self))

    def _refuse_to_set(self, name, value):
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def _refuse_to_delete(self, name):
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
