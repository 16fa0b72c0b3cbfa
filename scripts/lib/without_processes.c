/* Loaded before the libraries (LD_PRELOAD) by scripts/bench-stalls: the kernel refuses the sockets of processes that
 * wait for the disk, so the server waits itself. */
#include <errno.h>

int socketpair(int domain, int type, int protocol, int ends[2]) {
    (void)domain;
    (void)type;
    (void)protocol;
    (void)ends;
    errno = EMFILE;
    return -1;
}
