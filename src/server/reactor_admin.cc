// The half of the reactor that lets the server be watched: its own counters, and connections of the admin listeners.
#include "server/client_identity.h"
#include "server/reactor.h"

namespace server {
namespace {

/// How many connections are accepted from one listener in one turn.
constexpr int kAcceptsPerTurn = 8;

}  // namespace

/// What the loop knows about itself. Turns are measured only where there is somebody who can ask for the longest.
base::Counters::Registration Reactor::register_own(base::Counters& counters) {
    using enum base::CounterKind;
    constexpr std::string_view kOpen = "connections that are open";
    std::vector<base::Counter> list{
        base::counter("loop_turns", total, "turns of the loop", turns_),
        {"connections", gauge, kOpen, [this] { return idle_.count(); }, base::ShownIn::metrics,
         base::CounterUnit::things, "state=\"idle\""},
        {"connections", gauge, kOpen, [this] { return site_connections() - idle_.count(); }, base::ShownIn::metrics,
         base::CounterUnit::things, "state=\"busy\""},
    };
    if (admin_) {
        list.push_back({"loop_longest_turn", gauge, "the longest turn of the loop in the last minute or two",
                        [this] { return longest_turn_.longest_us(parts_.clock.now_ms()); }, base::ShownIn::all,
                        base::CounterUnit::microseconds});
    }
    return counters.add(std::move(list));
}

/// Also while the server stops, so that it can be asked how far it is. Beyond the bound an unused connection makes
/// room; where there is none, the new one is closed at once.
void Reactor::accept_admin(const net::Listener& listener) {
    for (int i = 0; i < kAcceptsPerTurn && accepting_ == Accepting::on; ++i) {
        net::Accepted accepted = listener.accept();
        switch (accepted.outcome) {
            case net::Accepted::none: return;
            case net::Accepted::failed: break;
            case net::Accepted::out_of_descriptors: pause_accepting(); return;
            case net::Accepted::accepted: {
                if (admin_->connections >= AdminSide::kMostConnections && !make_room_among(admin_->idle, {})) break;
                const http::Client client = client_of(accepted.peer, false, {});
                ConnectionTable::Slot& slot = add_connection(listener, std::move(accepted), client);
                slot.is_admin = true;
                ++admin_->connections;
                slot.connection->receive(turn_of(slot));
                work_.push_back(slot.connection->token());
                break;
            }
        }
    }
}

/// False when the poller refuses. A stopping server has closed the listeners of its site.
bool Reactor::watch_listeners() {
    const auto watch_all = [this](const std::vector<net::Listener>& listeners, std::uint32_t first_slot) {
        for (std::uint32_t i = 0; i < listeners.size(); ++i) {
            const int descriptor = listeners[i].descriptor();
            if (descriptor < 0) continue;
            if (!parts_.poller.add(descriptor, {first_slot + i, 0}, net::Interest::read)) return false;
        }
        return true;
    };
    return watch_all(parts_.listeners, kFirstListenerSlot) &&
           (!admin_ || watch_all(admin_->listeners(), kFirstAdminSlot));
}

}  // namespace server
