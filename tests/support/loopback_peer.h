// The address of a client on the same machine. Used by the tests of logs.
#pragma once

#include "net/address.h"

inline net::PeerAddress loopback_peer() {
    net::PeerAddress peer;
    peer.family = net::Family::ipv4;
    peer.octets = {127, 0, 0, 1};
    return peer;
}
