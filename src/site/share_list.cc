// Listing reads all links in slices. Revoking looks whose the link is, removes its file, and waits for the disk.
#include "site/share_list.h"

#include <cerrno>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "access_control/share_link.h"
#include "base/escape.h"
#include "handler/error_page.h"
#include "handler/kept_request.h"
#include "handler/ready_answer.h"
#include "handler/small_body.h"
#include "http/target.h"
#include "listings/page_text.h"
#include "site/cross_site.h"
#include "site/sign_in_page.h"
#include "site/small_form.h"
#include "site/small_page.h"

namespace site {
namespace {

using access_control::ShareLink;
using handler::KeptRequest;
using http::Refusal;
using http::Status;

constexpr Refusal kSignInFirst{Status::unauthorized, "sign in to see the links that you made."};
constexpr Refusal kNoSuchLink{Status::not_found, "you have no such link."};
constexpr Refusal kOnlyOneIsRevoked{Status::method_not_allowed, "one link is revoked at a time: DELETE its own path"};
constexpr Refusal kBadForm{Status::unprocessable_content, "the form that revokes a link has the field revoke: its id."};
constexpr Refusal kUnread{Status::service_unavailable, "the links cannot be read at the moment."};
constexpr Refusal kNotRemoved{Status::service_unavailable, "the link could not be removed from the disk."};

/// The part of the address behind that of the list.
std::string_view id_in(std::string_view path) {
    path.remove_prefix(kSharesPath.size());
    if (path.starts_with('/')) path.remove_prefix(1);
    return path;
}

void append_json_time(std::string& out, std::string_view name, std::int64_t unix_seconds) {
    out.append(",\"").append(name).append("\":\"");
    listings::append_date_time(out, unix_seconds);
    out.append("Z\"");
}

bool drops(const ShareLink& link) { return link.gives == http::LinkGives::dropping; }

std::string json_of(const http::Request& request, const std::vector<ShareLink>& links) {
    std::string out = "{\"shares\":[";
    for (const ShareLink& link : links) {
        out.append(out.ends_with('[') ? "\n{\"id\":\"" : ",\n{\"id\":\"").append(link.id).append("\",\"path\":\"");
        base::append_json_escaped(out, request.client_path(link.path));
        out.push_back('"');
        append_json_time(out, "made", link.made_s);
        append_json_time(out, "ends", link.ends_s);
        out.append(",\"for\":\"").append(drops(link) ? "dropping\"" : "reading\"");
        if (link.limit > 0) out.append(",\"limit\":").append(std::to_string(link.limit));
        out.append(",\"uses\":").append(std::to_string(link.uses));
        out.push_back('}');
    }
    return out.append("\n]}\n");
}

void append_link(std::string& html, const http::Request& request, const ShareLink& link, std::int64_t now_s) {
    html.append("<li><b><bdi>");
    base::append_html_escaped(html, request.client_path(link.path));
    html.append("</bdi></b> ").append(drops(link) ? "for adding files, " : "");
    html.append(link.is_over_at(now_s) ? "ended " : "until ");
    listings::append_time_element(html, link.ends_s);
    html.append(" UTC");
    html.append(", used ").append(std::to_string(link.uses));
    if (link.limit > 0) html.append(" of ").append(std::to_string(link.limit));
    html.append((link.limit > 0 ? link.limit : link.uses) == 1 ? " time" : " times");
    html.append("\n<form method=\"post\" action=\"").append(page_address(request, kSharesPath));
    html.append("\"><button name=\"revoke\" value=\"").append(link.id).append("\">Revoke</button></form></li>\n");
}

std::string page_of(const http::Request& request, const std::vector<ShareLink>& links, std::int64_t now_s) {
    std::string html;
    append_page_head(html, "Your share links", request);
    if (links.empty()) html.append("<p>You have none.</p>\n");
    if (!links.empty()) html.append("<ul>\n");
    for (const ShareLink& link : links) append_link(html, request, link, now_s);
    if (!links.empty()) html.append("</ul>\n");
    html.append("<p><a href=\"").append(page_address(request, "/"));
    html.append("\">To the files</a></p>\n");
    append_page_end(html);
    return html;
}

class ListingShares final : public http::PendingResponse {
public:
    ListingShares(const http::Request& request, const ShareParts& parts)
        : request_(request), parts_(parts), scan_(parts.store) {}

    [[nodiscard]] bool may_be_given_up() const override { return true; }
    std::optional<http::Response> advance(http::Wake wake) override {
        if (!scan_.work()) {
            parts_.disk.wakes().wake(wake);
            return std::nullopt;
        }
        const http::Request& request = request_.get();
        if (scan_.error() != 0) return handler::refusal_response(&request, kUnread);
        std::vector<ShareLink> links = scan_.take_links();
        std::erase_if(links, [&](const ShareLink& each) { return each.maker != request.user->name; });
        if (handler::prefers_html(request)) {
            return page_response(request, Status::ok, page_of(request, links, parts_.clock.unix_seconds()));
        }
        std::string text = json_of(request, links);
        http::Response response;
        response.add("Content-Type", "application/json").add("X-Content-Type-Options", "nosniff");
        response.add("Cache-Control", "no-store").add("Vary", "Accept");
        response.is_personal = true;
        if (request.method == http::Method::head) {
            response.stated_length = text.size();
        } else {
            response.body = http::Piece(std::move(text));
        }
        return response;
    }

private:
    KeptRequest request_;
    ShareParts parts_;
    access_control::ShareScan scan_;
};

/// Waits until the removal is on the disk. The link is worth nothing already.
class RevokedShare final : public http::PendingResponse {
public:
    RevokedShare(const ShareParts& parts, std::string_view id, base::SharedFd directory, http::Response response)
        : parts_(parts), directory_(std::move(directory)), response_(std::move(response)) {
        change_.path.append(kSharesPath).append("/").append(id);
    }

    std::optional<http::Response> advance(http::Wake wake) override {
        if (directory_ != nullptr && parts_.durability == storage::Durability::full) {
            sync_ = parts_.disk.sync_all(std::exchange(directory_, nullptr), wake);
        }
        if (sync_ != nullptr && !sync_->done) return std::nullopt;
        if (sync_ != nullptr && sync_->error != 0) return handler::refusal_response(nullptr, kNotRemoved);
        return std::move(response_);
    }
    [[nodiscard]] http::Changes take_changes() override { return {change_}; }

private:
    ShareParts parts_;
    http::Change change_{.action = http::Change::Action::revoke, .from = {}, .path = {}};
    base::SharedFd directory_;
    http::Response response_;
    storage::SyncTicket sync_;
};

/// `done`: the answer when it is removed.
std::unique_ptr<http::PendingResponse> revoke(const http::Request& request, const ShareParts& parts,
                                              std::string_view id, http::Response done) {
    const auto refuse = [&](const Refusal& refusal) {
        return std::make_unique<handler::ReadyAnswer>(handler::refusal_response(&request, refusal));
    };
    const auto link = parts.store.read(id);
    if (!link && link.error() != ENOENT && link.error() != EINVAL) return refuse(kUnread);
    if (!link || link->maker != request.user->name) return refuse(kNoSuchLink);
    auto directory = parts.store.remove(id);
    if (!directory) return refuse(directory.error() == ENOENT ? kNoSuchLink : kNotRemoved);
    ++parts.counts.revoked;
    return std::make_unique<RevokedShare>(parts, id, std::move(*directory), std::move(done));
}

/// Takes the form of the page.
class RevocationForm final : public handler::SmallBodySink {
public:
    RevocationForm(const http::Request& request, const ShareParts& parts, handler::SmallBody body)
        : SmallBodySink(std::move(body)), request_(request), parts_(parts) {}

private:
    std::unique_ptr<http::PendingResponse> answer(std::string body) override {
        const http::Request& request = request_.get();
        const auto fields = http::parse_form(body, kFormLimits);
        const auto id = fields ? take_value(*fields, "revoke") : std::nullopt;
        if (!id || id->empty()) return refuse(kBadForm);
        http::Response done = handler::error_response(&request, Status::see_other,
                                                      "the link is revoked; go on at the address in Location.");
        done.add("Location", kSharesPath).add("Cache-Control", "no-store");
        return revoke(request, parts_, *id, std::move(done));
    }
    std::unique_ptr<http::PendingResponse> refuse(const Refusal& refusal) override {
        return std::make_unique<handler::ReadyAnswer>(handler::refusal_response(&request_.get(), refusal));
    }

    KeptRequest request_;
    ShareParts parts_;
};

}  // namespace

handler::Decision ShareList::handle(const http::Request& request) {
    const std::string_view id = id_in(request.path());
    if (!http::is_safe(request.method)) {
        if (const auto fault = find_foreign_fault(request)) return handler::refusal_response(&request, *fault);
    }
    if (request.user == nullptr) return handler::refusal_response(&request, kSignInFirst);
    switch (request.method) {
        case http::Method::post: {
            if (!id.empty()) return handler::refusal_response(&request, kNoSuchLink);
            if (!is_form(request)) return handler::refusal_response(&request, kBadForm);
            auto body = handler::SmallBody::of(request, kMostFormBytes);
            if (!body) return std::move(body.error());
            return std::make_unique<RevocationForm>(request, parts_, std::move(*body));
        }
        case http::Method::del: {
            if (id.empty())
                return handler::method_not_allowed(
                    request, http::MethodSet(http::Method::get, http::Method::head, http::Method::post),
                    kOnlyOneIsRevoked.reason);
            http::Response done;
            done.status = Status::no_content;
            return revoke(request, parts_, id, std::move(done));
        }
        default: break;
    }
    if (!id.empty()) return handler::refusal_response(&request, kNoSuchLink);
    return std::make_unique<ListingShares>(request, parts_);
}

}  // namespace site
