/* The least that a server of one epoll loop can do: it reads, counts blank lines, and sends the same bytes for each of
   them. scripts/bench measures it beside the servers, since no server can be faster. It listens on PORT of 127.0.0.1,
   answers with BYTES bytes of content, and closes a connection when a request says so.

   usage: floor PORT BYTES */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST_ANSWERS 64
#define MOST_EVENTS 512

/* The same answer, as many times as there may be requests at once. */
struct answers {
    char *bytes;
    size_t each;
};

static struct answers make_answers(const char *persistence, size_t content) {
    char head[256];
    const int length = snprintf(head, sizeof head,
                                "HTTP/1.1 200 OK\r\nServer: floor\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                                "Content-Type: application/octet-stream\r\nContent-Length: %zu\r\n%s\r\n", content,
                                persistence);
    const struct answers made = {malloc(((size_t)length + content) * MOST_ANSWERS), (size_t)length + content};
    for (size_t i = 0; i < MOST_ANSWERS; ++i) {
        memcpy(made.bytes + i * made.each, head, (size_t)length);
        memset(made.bytes + i * made.each + length, 'x', content);
    }
    return made;
}

static size_t count_heads(const char *text, size_t bytes) {
    size_t heads = 0;
    for (const char *end = text; (end = memmem(end, bytes - (size_t)(end - text), "\r\n\r\n", 4)) != NULL; end += 4) {
        ++heads;
    }
    return heads;
}

/* wrk never leaves a request in two parts, nor an answer unread. */
static void answer(int connection, const struct answers *kept, const struct answers *last) {
    static char text[65536];
    const ssize_t got = recv(connection, text, sizeof text, 0);
    if (got <= 0) {
        close(connection);
        return;
    }
    const size_t heads = count_heads(text, (size_t)got);
    if (heads == 0 || heads > MOST_ANSWERS) return;
    const int ends = memmem(text, (size_t)got, "Connection: close", 17) != NULL;
    const struct answers *answers = ends ? last : kept;
    (void)!send(connection, answers->bytes, answers->each * heads, MSG_NOSIGNAL);
    if (ends) close(connection);
}

static void take_all(int poller, int listener) {
    const int on = 1;
    for (int taken; (taken = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
        setsockopt(taken, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct epoll_event event = {.events = EPOLLIN, .data.fd = taken};
        epoll_ctl(poller, EPOLL_CTL_ADD, taken, &event);
    }
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    const struct answers kept = make_answers("", strtoul(arguments[2], NULL, 10));
    const struct answers last = make_answers("Connection: close\r\n", strtoul(arguments[2], NULL, 10));
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 4096) != 0) return 1;
    const int poller = epoll_create1(0);
    struct epoll_event own = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &own);
    static struct epoll_event events[MOST_EVENTS];
    for (;;) {
        const int ready = epoll_wait(poller, events, MOST_EVENTS, -1);
        for (int i = 0; i < ready; ++i) {
            if (events[i].data.fd == listener) {
                take_all(poller, listener);
            } else {
                answer(events[i].data.fd, &kept, &last);
            }
        }
    }
}
