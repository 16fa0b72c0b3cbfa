// Which process is named for a port in use.
#include "net/port_holder.h"

#include <unistd.h>

#include <string>

#include "net/listener.h"
#include "support/catch.h"

TEST_CASE("port holder: names this process for its own port, and nobody for a free one", "[net]") {
    for (const char* host : {"127.0.0.1:0", "[::1]:0"}) {
        CAPTURE(host);
        auto listener = net::Listener::open(*net::Address::parse(host, 0), 1);
        if (!listener) continue;  // a machine without IPv6
        const net::Address address = listener->address();
        CHECK(net::port_holder_text(address).starts_with(" by process " + std::to_string(::getpid()) + " ("));
        listener->close();
        CHECK(net::port_holder_text(address).find(std::to_string(::getpid())) == std::string::npos);
    }
    CHECK(net::port_holder_text(*net::Address::parse("unix:/x", 0)).empty());
}
