import subprocess
import sys
import time

STUCK = """
import threading
from bot import leaving
leaving.LEAVE_WITHIN_S = 0.2
threading.Thread(target=threading.Event().wait).start()
leaving.leave_in_time()
"""


def test_a_thread_that_hangs_does_not_keep_the_process() -> None:
    began_s = time.monotonic()
    ended = subprocess.run([sys.executable, "-c", STUCK], timeout=30, check=False)  # noqa: S603
    assert ended.returncode == 0 and time.monotonic() - began_s < 15
