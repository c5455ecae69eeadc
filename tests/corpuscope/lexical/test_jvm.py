import subprocess
import sys

_ASK_AT_THE_END = """
import atexit
from corpuscope.lexical.jvm import java
atexit.register(lambda: print(java("org.jpype.ref.JPypeReferenceQueue").getInstance().isRunning()))
java("java.lang.Thread")
"""


def test_no_thread_of_java_waits_for_python_at_its_end():
    done = subprocess.run([sys.executable, "-c", _ASK_AT_THE_END], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "False\n", "")
