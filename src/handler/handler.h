// The whole contract between the server and what answers requests. A handler sees a request's head and returns a
// decision; it has no handle to the connection. Called by server/exchange.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "base/clock.h"
#include "http/body.h"
#include "http/method.h"
#include "http/request.h"
#include "http/response.h"

namespace handler {

class PendingDecision;

/// What a handler decides: a response now; a sink for the request's body, which then gives the response; work that
/// gives the response later; or a decision that itself comes later. When a Response is returned for a request that has
/// a body, the connection drains or refuses the body. When a sink is returned for a request without one, it is finished
/// at once.
using Decision = std::variant<http::Response, std::unique_ptr<http::BodySink>, std::unique_ptr<http::PendingResponse>,
                              std::unique_ptr<PendingDecision>>;

/// A decision that first needs something from off the loop, such as a password check (state `deciding` of an exchange).
/// The body is not read meanwhile. Destroying it before the end is the abort: it must leave nothing behind, since the
/// peer may go at any time.
class PendingDecision {
public:
    virtual ~PendingDecision() = default;
    /// Starts, or goes on after a wake. `request` is what admit() or handle() was asked; a decision that finds out who
    /// sends it sets its user. The decision when it is there, which may be a pending one again; nullopt: `wake` will
    /// come back, call again then.
    virtual std::optional<Decision> advance(http::Request& request, http::Wake wake) = 0;
};

class Handler {
public:
    virtual ~Handler() = default;
    /// Prepares `request` for handle(), once: makes its path the handler's own, finds out who sends it, sets its user
    /// if it has one, and gives nullopt. Otherwise a decision in place of that of handle(): an answer, or a decision
    /// that comes later and asks handle() itself.
    virtual std::optional<Decision> admit(http::Request& request) {
        (void)request;
        return std::nullopt;
    }
    /// Decides before any byte of the body was read (so a refusal can come in place of 100 Continue).
    /// `request` is valid during the call only.
    virtual Decision handle(const http::Request& request) = 0;
    /// Makes the last changes to a response that handle() did not return: the response of a sink, of a pending decision
    /// or of pending work, or a refusal by the connection. `request` is null when its head was not understood.
    virtual void decorate(const http::Request* request, http::Response& response) {
        (void)request;
        (void)response;
    }
    /// The same for an interim response of a sink.
    virtual void decorate_interim(http::Interim& interim) { (void)interim; }
    /// The handler as it is at this moment. An exchange holds it from a decision whose response comes later until its
    /// end, so that rules that are replaced meanwhile do not reach it. Null when this handler never changes.
    [[nodiscard]] virtual std::shared_ptr<Handler> pin() { return nullptr; }
    /// `target` as the logs may hold it: secrets in it (tokens) are replaced by a shortened digest, which still tells
    /// two of them apart. The result is a view of `target` or of `storage`.
    virtual std::string_view loggable(std::string_view target, std::string& storage) const {
        (void)storage;
        return target;
    }
    /// True for requests that call the file system at every step, or that must not overtake such requests: they wait
    /// for their turn in the order of their arrival.
    [[nodiscard]] virtual bool is_heavy(const http::Request& request) const { return !http::is_safe(request.method); }
    /// True for a request that changes nothing that is stored, though its method may: the audit log has none of it.
    [[nodiscard]] virtual bool stores_nothing(const http::Request& request) const {
        (void)request;
        return false;
    }
    /// True for a request that may change what is stored, or that tells of changes under way: of two processes on one
    /// directory only one answers such requests.
    [[nodiscard]] virtual bool may_change(const http::Request& request) const { return !http::is_safe(request.method); }
    /// Does work that is due without a request, for about a millisecond.
    virtual void tidy() {}
    /// When tidy() wants to be called; nullopt: not until there was another request.
    [[nodiscard]] virtual std::optional<base::MonotonicMs> tidy_due() const { return std::nullopt; }
    /// Memory is short: drops what answers do not need, up to `bytes` and for about a millisecond. Returns how many
    /// bytes that were.
    virtual std::size_t free_memory(std::size_t bytes) {
        (void)bytes;
        return 0;
    }
    /// The server takes no new connection from here on and finishes what it has.
    virtual void begin_stopping() {}
    /// Another process changes what is stored from here on. No request that may do so is under way.
    virtual void give_up_writing() {}
};

}  // namespace handler
