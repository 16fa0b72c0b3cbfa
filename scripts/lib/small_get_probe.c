/* Asks for a small file over a kept connection of 127.0.0.1, a thousand times a second, until standard input ends. Then
   prints how many answers came, and how long half of them, 99 of 100 and the longest took, in milliseconds. Used by
   scripts/bench-stalls: a program in C, at a priority of its own, waits for nothing but the server.

   usage: small_get_probe PORT PATH */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST (1 << 20)

static double took_ms[MOST];

static double now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int by_length(const void *first, const void *second) {
    const double a = *(const double *)first, b = *(const double *)second;
    return (a > b) - (a < b);
}

/* The bytes of one answer, whose content has a length. */
static int read_answer(int connection) {
    char answer[4096];
    size_t have = 0;
    for (;;) {
        const ssize_t got = read(connection, answer + have, sizeof answer - 1 - have);
        if (got <= 0) return 0;
        have += (size_t)got;
        answer[have] = 0;
        const char *end = strstr(answer, "\r\n\r\n");
        const char *length = strcasestr(answer, "content-length: ");
        if (end == NULL || length == NULL) continue;
        if (have >= (size_t)(end + 4 - answer) + strtoul(length + 16, NULL, 10)) {
            return strncmp(answer, "HTTP/1.1 200", 12) == 0;
        }
    }
}

static int input_has_ended(void) {
    struct pollfd input = {.fd = 0, .events = POLLIN};
    return poll(&input, 1, 0) != 0;
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    const struct sched_param urgent = {.sched_priority = 1};
    (void)sched_setscheduler(0, SCHED_FIFO, &urgent);
    const int connection = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(connection, (struct sockaddr *)&address, sizeof address) != 0) return 1;
    const int on = 1;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    char request[512];
    const int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", arguments[2]);
    size_t answers = 0;
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    while (!input_has_ended() && answers < MOST) {
        const double begun = now_ms();
        if (write(connection, request, (size_t)length) != length || !read_answer(connection)) {
            fprintf(stderr, "small_get_probe: no right answer after %zu\n", answers);
            return 1;
        }
        took_ms[answers++] = now_ms() - begun;
        next.tv_nsec += 1000000;
        if (next.tv_nsec >= 1000000000) {
            next.tv_nsec -= 1000000000;
            ++next.tv_sec;
        }
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        /* Late by a stall: what was missed is not made up for. */
        if (now.tv_sec > next.tv_sec || (now.tv_sec == next.tv_sec && now.tv_nsec > next.tv_nsec)) next = now;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    }
    if (answers == 0) return 1;
    qsort(took_ms, answers, sizeof took_ms[0], by_length);
    printf("%zu %.3f %.3f %.3f\n", answers, took_ms[answers / 2], took_ms[answers - 1 - answers / 100],
           took_ms[answers - 1]);
    return 0;
}
