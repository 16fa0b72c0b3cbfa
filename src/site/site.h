// One served directory: what it keeps (SiteState), and the handlers under the rules of now (RuledSite). The Handler of
// all connections but those of the admin listeners. Made by app/serve.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "access_control/sign_in.h"
#include "base/clock.h"
#include "base/counters.h"
#include "handler/handler.h"
#include "http/range.h"
#include "site/ruled_site.h"
#include "site/site_config.h"
#include "site/site_state.h"
#include "storage/disk_queue.h"
#include "storage/file_root.h"

namespace site {

class Site final : public handler::Handler {
public:
    /// Everything but the rules outlives the site and its responses.
    Site(const storage::FileRoot& root, const std::shared_ptr<const SiteConfig>& rules, const base::Clock& clock,
         const base::ArrivalClock& arrivals, storage::DiskQueue& disk, base::MemoryBudget& memory,
         Writer writer = Writer::ourselves);

    /// Requests from here on follow `rules`. What is under way keeps those with which it began. The served directory,
    /// the policy for links and the size of the cache stay.
    void replace_rules(const std::shared_ptr<const SiteConfig>& rules);

    /// Who sends a request is found out by `sign_in`, which outlives this, where the rules have users.
    void find_users_with(access_control::SignIn& sign_in) { state_.sign_in = &sign_in; }

    std::optional<handler::Decision> admit(http::Request& request) override;
    handler::Decision handle(const http::Request& request) override;
    void decorate(const http::Request* request, http::Response& response) override;
    void decorate_interim(http::Interim& interim) override { ruled_->decorate_interim(interim); }
    [[nodiscard]] std::shared_ptr<handler::Handler> pin() override { return ruled_; }
    /// A question for the offset of an upload must not overtake the bytes that lie in the sockets before it. Each of
    /// several ranges is read by itself.
    [[nodiscard]] bool is_heavy(const http::Request& request) const override {
        return !http::is_safe(request.method) || ruled_->is_of_upload(request.path()) ||
               http::names_several_ranges(request.fields, request.text);
    }
    /// Signing in stores nothing: a wrong password is no refused write. The error log has it.
    [[nodiscard]] bool stores_nothing(const http::Request& request) const override {
        return ruled_->is_of_sign_in(request.path());
    }
    std::string_view loggable(std::string_view target, std::string& storage) const override;
    void tidy() override { state_.tidy(); }
    [[nodiscard]] std::optional<base::MonotonicMs> tidy_due() const override { return state_.tidy_due(); }
    std::size_t free_memory(std::size_t bytes) override { return state_.cache.shrink(bytes); }
    /// A request for an upload's offset waits for what the other process received, and a use of a share link is noted.
    [[nodiscard]] bool may_change(const http::Request& request) const override {
        if (http::is_safe(request.method)) return ruled_->is_of_upload(request.path()) || ruled_->may_use_link(request);
        return !stores_nothing(request);
    }
    /// With Writer::predecessor: that process changes nothing any more.
    void begin_writing() { state_.begin_writing(ruled_->rules()); }
    void give_up_writing() override { state_.give_up_writing(); }
    void begin_stopping() override { state_.health.set_state(Health::State::stopping); }
    /// Each part registers its own, as long as the site lives.
    void register_counters(base::Counters& counters) { state_.register_counters(counters); }

    /// Names of the built-in endpoints that are off because the root has an entry of that name.
    [[nodiscard]] const std::vector<std::string_view>& shadowed_endpoints() const {
        return ruled_->shadowed_endpoints();
    }
    /// True when something that is no file has the name of the records' file: then neither it nor the records are
    /// served.
    [[nodiscard]] bool are_records_blocked() const { return ruled_->are_records_blocked(); }
    /// True when there are no records because the default file of records is something else.
    [[nodiscard]] bool are_records_given_up() const { return ruled_->are_records_given_up(); }

private:
    class WriteAwaited;

    [[nodiscard]] std::optional<handler::Decision> admit_under(const std::shared_ptr<RuledSite>& ruled,
                                                               http::Request& request) const;
    [[nodiscard]] handler::Decision await_writing(http::Request& request);
    [[nodiscard]] std::optional<handler::Decision> identify(http::Request& request,
                                                            const std::shared_ptr<RuledSite>& ruled) const;
    [[nodiscard]] std::optional<handler::Decision> find_user(http::Request& request,
                                                             const std::shared_ptr<RuledSite>& ruled) const;
    [[nodiscard]] std::optional<handler::Decision> find_certified(http::Request& request,
                                                                  const std::shared_ptr<RuledSite>& ruled) const;

    SiteState state_;
    base::MonotonicMs tidied_ms_;  ///< when unused cache entries were last dropped
    std::shared_ptr<RuledSite> ruled_;
};

}  // namespace site
