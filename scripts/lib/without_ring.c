/* Loaded before the libraries (LD_PRELOAD) by scripts/bench-stalls: the kernel has no io_uring, as in many containers. */
#include <errno.h>

struct io_uring;

int io_uring_queue_init(unsigned entries, struct io_uring *ring, unsigned flags) {
    (void)entries;
    (void)ring;
    (void)flags;
    return -ENOSYS;
}
