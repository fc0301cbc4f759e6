"""A clock of a process's own, which can be set while it runs: the system's, for all its threads and libraries.

A small library that is loaded before all others adds seconds to the time of day, and to no clock that only measures.
libfaketime would do, but Python's ``time.sleep`` fails below it.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

import pytest

DAY = 86_400
_SOURCE = r"""
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static volatile int64_t *ahead;
__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("OWN_CLOCK");
    int file = path ? open(path, O_RDONLY) : -1;
    if (file < 0) return;
    void *seen = mmap(0, sizeof *ahead, PROT_READ, MAP_SHARED, file, 0);
    if (seen != MAP_FAILED) ahead = seen;
    close(file);
}
int clock_gettime(clockid_t clock, struct timespec *moment) {
    int failed = syscall(SYS_clock_gettime, clock, moment);
    if (!failed && ahead && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) moment->tv_sec += *ahead;
    return failed;
}
int gettimeofday(struct timeval *moment, void *zone) {
    struct timespec found;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &found);
    moment->tv_sec = found.tv_sec;
    moment->tv_usec = found.tv_nsec / 1000;
    return 0;
}
time_t time(time_t *moment) {
    struct timespec found;
    clock_gettime(CLOCK_REALTIME, &found);
    if (moment) *moment = found.tv_sec;
    return found.tv_sec;
}
"""


class OwnClock:
    """The clock of the processes that are started with ``variables`` in their environment."""

    def __init__(self, folder: Path) -> None:
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            pytest.skip(
                "no C compiler, with which a process is given a clock of its own: apt-get install gcc libc6-dev"
            )
        library, source = folder / "own_clock.so", folder / "own_clock.c"
        source.write_text(_SOURCE)
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(source)], check=True)
        self._path = folder / "ahead"
        self.set(0)
        self.variables = {"LD_PRELOAD": str(library), "OWN_CLOCK": str(self._path)}

    def set(self, days: float) -> None:
        """Have the processes' clock go so many days ahead of the system's."""
        with self._path.open("r+b" if self._path.exists() else "wb") as file:  # the same file, which they have mapped
            file.write(struct.pack("=q", int(days * DAY)))
