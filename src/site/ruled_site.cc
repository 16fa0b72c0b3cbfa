// Puts the handlers of a site together.
#include "site/ruled_site.h"

#include <string>
#include <utility>

#include "dav/locked_answers.h"
#include "handler/error_page.h"
#include "http/target.h"
#include "listings/page_assets.h"
#include "site/badge_cookie.h"
#include "site/cross_site.h"
#include "site/destinations.h"
#include "site/if_fields.h"
#include "site/path_prefix.h"
#include "site/sign_in_answers.h"

namespace site {
namespace {

using handler::Client;

/// What the page of a listing offers to clients that have the rights.
listings::PageActions page_actions(const SiteConfig& rules) {
    using Upload = listings::PageActions::Upload;
    return {.upload = rules.upload_expiry_s > 0 ? Upload::resumable : Upload::whole,
            .replacement = listings::PageActions::Replacement::offered,
            .removal = listings::PageActions::Removal::offered,
            .moving = listings::PageActions::Moving::offered,
            .sharing = listings::PageActions::Sharing::both};
}

/// When no file was chosen for records, an existing file of another kind stays an ordinary file.
std::shared_ptr<const SiteConfig> with_settled_records(const std::shared_ptr<const SiteConfig>& rules,
                                                       const storage::FileRoot& root) {
    if (rules->are_records_named || !rules->serves_records() || records::may_hold_records(root, rules->records_file)) {
        return rules;
    }
    auto settled = std::make_shared<SiteConfig>(*rules);
    settled->records_path.clear();
    return settled;
}

/// What is known of the file of records, when it is the same file as before.
std::shared_ptr<records::RecordFile> known_records(const SiteState& state, const SiteConfig& rules) {
    const bool is_same = state.records != nullptr && state.records->path() == rules.records_file;
    return is_same ? state.records : nullptr;
}

/// Those that PROPFIND tells of: where nobody may write, nobody can make any.
storage::Locks* locks_of(SiteState& state, const SiteConfig& rules) {
    return rules.allows_writing() ? state.locks_for(rules) : nullptr;
}

}  // namespace

RuledSite::RuledSite(SiteState& state, const std::shared_ptr<const SiteConfig>& rules)
    : rules_(with_settled_records(rules, state.root)),
      are_records_given_up_(rules->serves_records() && !rules_->serves_records()),
      parts_(state.parts_for(*rules_)),
      listings_(state.root, state.disk.wakes(), state.listing_shares,
                {.actions = page_actions(*rules_),
                 .compression_level = rules_->compression_level,
                 .media_types = rules_->media_types,
                 .index_name = rules_->index_name,
                 .grants = rules_->grants,
                 .sign_in_path = rules_->has_sign_in_page ? kSignInPath : std::string_view(),
                 .sign_out_path = kSignOutPath}),
      archives_(
          state.root, state.clock, state.disk, state.archives_share,
          {.compression_level = rules_->compression_level, .grants = rules_->grants, .index_name = rules_->index_name}),
      files_(state.root, state.cache, state.clock,
             {.index_name = rules_->index_name,
              .clean_urls = rules_->clean_urls,
              .spa = rules_->spa,
              .media_types = rules_->media_types,
              .grants = rules_->grants},
             &state.digests),
      properties_(
          state.root, state.clock, state.listing_shares, *rules_,
          {.media_types = rules_->media_types, .path_prefix = rules_->path_prefix, .locks = locks_of(state, *rules_)}),
      property_changes_(parts_, *rules_),
      locking_(parts_, *rules_, rules_->path_prefix),
      resumable_(parts_, *rules_, state.uploads),
      uploads_(parts_, *rules_, resumable_, state.forms),
      deletes_(parts_, *rules_),
      copies_(parts_, *rules_, state.copies),
      moves_(parts_, *rules_),
      directories_(parts_, *rules_, copies_),
      records_(state.parts,
               {.path = rules_->serves_records() ? rules_->records_path : std::string(),
                .file = rules_->records_file,
                .limits = {}},
               known_records(state, *rules_)),
      sign_in_pages_(*rules_, state.sign_in),
      share_parts_(state.share_parts_for(*rules_)),
      share_making_(share_parts_),
      share_list_(share_parts_),
      share_uses_(share_parts_),
      resources_(state.root, *rules_, records_, resumable_),
      router_(state.root, *rules_, resources_,
              {.files = files_,
               .listings = listings_,
               .archives = archives_,
               .echo = echo_,
               .user_agent = user_agent_,
               .health = state.health,
               .page_assets = state.page_assets,
               .records = records_,
               .uploads = uploads_,
               .resumable = resumable_,
               .deletes = deletes_,
               .copies = copies_,
               .moves = moves_,
               .properties = properties_,
               .property_changes = property_changes_,
               .locking = locking_,
               .directories = directories_,
               .sign_in_pages = sign_in_pages_,
               .share_list = share_list_,
               .shares = share_making_,
               .misdirected = state.misdirected,
               .links_refused = state.share_counts.refused}) {
    state.records = records_.file();
    if (has_prefix()) path_prefix_ = std::make_shared<const std::string>(rules_->path_prefix);
    if (Decoration::is_wanted(*rules_)) decoration_.emplace(*rules_, state.root, resources_, state.cache);
}

/// True for paths other than that of the single file that is served.
bool RuledSite::is_outside(const http::Request& request) const {
    const std::string& path = request.target.path;
    if (rules_->only_path.empty() || !path.starts_with('/') || path == "/" || path == rules_->only_path) return false;
    return !owns_alone(path);
}

/// True for what is answered beside a single file.
bool RuledSite::owns_alone(std::string_view path) const {
    if (rules_->allow_share && ShareList::owns(path)) return true;
    return rules_->has_sign_in_page && (SignInPages::owns(path) || path == listings::kPageStylePath);
}

std::optional<KnownLink> RuledSite::find_link(http::Request& request) const {
    if (!rules_->allow_share) return std::nullopt;
    const std::int64_t now_s = share_parts_.clock.unix_seconds();
    const handler::Resource resource = resources_.find(request);
    if (resource.kind != handler::Resource::Kind::upload) {
        return look_up_link(request, resource.path, share_parts_.store, now_s);
    }
    const std::string_view token = resumable_.find_link_of(resource.path);
    if (token.empty()) return std::nullopt;
    return look_up_link_of_upload(request, resource.path, token, share_parts_.store, now_s);
}

bool RuledSite::may_show_link(const http::Request& request) const {
    return rules_->allow_share && (request.target.has_query || resumable_.owns(request.path()));
}

bool RuledSite::may_use_link(const http::Request& request) const {
    if (!rules_->allow_share) return false;
    return !find_query_token(request).empty() || !find_cookie_tokens(request).empty();
}

bool RuledSite::takes_badge(const http::Request& request) const {
    if (!rules_->has_sign_in_page || find_badge_cookie(request).kind == http::FoundCookie::Kind::none) return false;
    // Signing in and out needs no user, so it works also while the verifier does not answer.
    if (SignInPages::owns(request.path()) && !http::is_safe(request.method)) return false;
    return http::is_safe(request.method) || !find_foreign_fault(request);
}

handler::Decision RuledSite::decide(const http::Request& request) {
    if (is_outside(request)) {
        return handler::refusal_response(&request, {http::Status::not_found, "no such file"});
    }
    const bool counts = request.shared && rules_->is_given_by_link(resources_.find(request).path, Client::of(request));
    if (!counts) return router_.handle(request);
    return share_uses_.note(request, router_.handle(request));
}

handler::Decision RuledSite::handle(const http::Request& request) {
    handler::Decision decision = decide(request);
    if (auto* response = std::get_if<http::Response>(&decision)) decorate(&request, *response);
    return decision;
}

/// A lock that is in the way is named in the answer. LOCK names it itself.
void RuledSite::name_lock(const http::Request& request, http::Response& response) const {
    if (parts_.locks == nullptr || response.find("Content-Type").value_or("").starts_with("application/xml")) return;
    const handler::Resource resource = resources_.find(request);
    http::Request known = request;
    if (request.fields.has(http::FieldName::dav_if)) {
        auto field = find_if_field(request, resource.path, resources_, rules_->path_prefix);
        if (field) known.if_field = std::make_shared<const http::IfField>(std::move(*field));
    }
    std::string destination;
    if (request.method == http::Method::copy || request.method == http::Method::move) {
        auto found = find_destination(request, resources_, rules_->path_prefix);
        if (found) destination = std::move(found->path);
    }
    dav::describe_locked({parts_.locks, parts_.root, rules_->path_prefix}, *rules_, known, resource.path, destination,
                         response);
}

void RuledSite::decorate(const http::Request* request, http::Response& response) {
    if (request != nullptr && response.status == http::Status::locked) name_lock(*request, response);
    std::optional<handler::Resource> resource;  // where the answer may depend on who asked
    if (request != nullptr && rules_->signs_in) resource = resources_.find(*request);
    if (resource) ask_to_sign_in(*request, *resource, *rules_, response);
    if (request != nullptr) resumable_.complete_refusal(*request, response);
    if (decoration_) decoration_->apply(request, response);
    if (resource) keep_private(*request, *resource, *rules_, response);
    if (resource) hide_link_from_pages(*request, response);
    if (resource && rules_->is_given_by_link(resource->path, Client::of(*request))) {
        add_link_cookie(*request, share_parts_.clock.unix_seconds(), response);
    }
    if (!rules_->path_prefix.empty()) lead_below(http::encode_path(rules_->path_prefix), response.fields);
}

void RuledSite::decorate_interim(http::Interim& interim) {
    if (!rules_->path_prefix.empty()) lead_below(http::encode_path(rules_->path_prefix), interim.fields);
}

std::optional<http::Response> RuledSite::enter_prefix(http::Request& request) const {
    http::Target& target = request.target;
    if (target.form == http::Target::Form::asterisk) return std::nullopt;
    switch (match_prefix(rules_->path_prefix, target.path)) {
        case PrefixMatch::below:
            target.path.erase(0, rules_->path_prefix.size());
            request.path_prefix = path_prefix_;
            return std::nullopt;
        case PrefixMatch::itself: {
            http::Response response = handler::error_response(&request, http::Status::moved_permanently,
                                                              "the site is below this path, with a slash at its end.");
            response.add("Location", target.has_query ? "/?" + std::string(request.query()) : std::string("/"));
            response.add("Cache-Control", "no-cache");
            return response;
        }
        case PrefixMatch::outside: break;
    }
    return handler::error_response(&request, http::Status::not_found,
                                   "there is nothing at this path: the site is below another one.");
}

}  // namespace site
