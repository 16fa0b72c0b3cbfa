// A verifier that answers when a test says so.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "access_control/verifier.h"

class FakeVerifier final : public access_control::Verifier {
public:
    std::optional<Ticket> ask(const access_control::Credentials& credentials, base::Wake wake) override {
        if (is_full) return std::nullopt;
        asked.push_back(credentials);
        wakes.push_back(wake);
        waiting[asked.size()] = std::nullopt;
        return asked.size();
    }
    std::optional<access_control::Verdict> take(Ticket ticket) override { return waiting.at(ticket); }
    Forgotten forget(Ticket ticket) override {
        waiting.erase(ticket);
        return begins_checks ? Forgotten::checked : Forgotten::unasked;
    }

    /// The answer to the question that was asked last: right when `name` is not empty.
    void answer(const std::string& name, std::vector<std::string> groups = {}) {
        using Kind = access_control::Verdict::Kind;
        if (name.empty()) {
            waiting[asked.size()] = access_control::Verdict{Kind::wrong, nullptr};
        } else {
            auto user =
                std::make_shared<http::User>(http::User{.name = name, .groups = std::move(groups), .stamp = stamp});
            waiting[asked.size()] = access_control::Verdict{Kind::right, std::move(user)};
        }
    }
    void fail() { waiting[asked.size()] = access_control::Verdict{}; }

    bool is_full = false;
    bool begins_checks = false;  ///< of the questions that are taken back
    std::string stamp = "5747";  ///< of every password
    std::vector<access_control::Credentials> asked;
    std::vector<base::Wake> wakes;
    std::map<Ticket, std::optional<access_control::Verdict>> waiting;  ///< by ticket; empty: no answer yet
};
