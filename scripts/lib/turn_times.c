/* Loaded before the C library (LD_PRELOAD) by scripts/bench-listing and scripts/bench-stalls: how much CPU time the
   process uses between two waits of its loop. Unlike the time that passes it does not count what other processes did on
   the same processor. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>

#define RANGES 10000 /* of 10 us */

static long turns[RANGES];
static long count;
static double longest;

static double cpu_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void report(void) {
    long below = 0;
    int range = 0;
    while (range < RANGES - 1 && (below += turns[range]) < count * 999 / 1000) ++range;
    fprintf(stderr, "turns: %ld of the loop, 99.9 %% took %.2f ms of CPU, the longest %.2f ms\n", count,
            (double)(range + 1) / 100, longest);
}

int epoll_wait(int poller, struct epoll_event *events, int most, int timeout) {
    static int (*next)(int, struct epoll_event *, int, int);
    static double begun;
    if (next == NULL) {
        next = (int (*)(int, struct epoll_event *, int, int))dlsym(RTLD_NEXT, "epoll_wait");
        atexit(report);
    } else {
        const double took = cpu_ms() - begun;
        const long range = (long)(took * 100);
        ++turns[range < RANGES ? range : RANGES - 1];
        ++count;
        if (took > longest) longest = took;
    }
    const int ready = next(poller, events, most, timeout);
    begun = cpu_ms();
    return ready;
}
