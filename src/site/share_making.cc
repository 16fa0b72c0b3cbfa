// The form is small, so it is kept whole. Then the links there are are counted, and the new one is written.
#include "site/share_making.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "access_control/share_link.h"
#include "base/ascii.h"
#include "base/escape.h"
#include "handler/error_page.h"
#include "handler/kept_request.h"
#include "handler/ready_answer.h"
#include "handler/small_body.h"
#include "http/target.h"
#include "listings/page_text.h"
#include "site/allowed_hosts.h"
#include "site/cross_site.h"
#include "site/https_redirect.h"
#include "site/share_list.h"
#include "site/share_words.h"
#include "site/sign_in_page.h"
#include "site/small_form.h"
#include "site/small_page.h"
#include "storage/publication.h"

namespace site {
namespace {

using access_control::ShareLink;
using handler::KeptRequest;
using handler::Right;
using http::LinkGives;
using http::Refusal;
using http::Status;

constexpr std::int64_t kHourS = 3'600;
constexpr std::uint64_t kWeekHours = 168;
constexpr std::uint64_t kYearHours = 8'760;

constexpr Refusal kMayNotRead = http::missing_right("you may not read this, so you cannot share it.");
constexpr Refusal kMayNotAdd = http::missing_right("you may not add files here, so you cannot let others do so.");
constexpr Refusal kNoFolder{Status::unprocessable_content,
                            "files are dropped into a folder: a link for it is made at the folder's path."};
constexpr Refusal kNothingThere{Status::not_found, "there is nothing at this path that could be shared."};
constexpr Refusal kNotLookedAt{Status::service_unavailable,
                               "the server cannot tell for now what is at this path; try again later.",
                               "what was to be shared could not be looked at: may the server's user enter its folder?"};
constexpr Refusal kOtherKind{Status::not_found,
                             "a folder is shared by its path with a slash at its end, a file without."};
constexpr Refusal kNoForm{Status::unsupported_media_type,
                          "a link is asked for without a body, or by a form: application/x-www-form-urlencoded with "
                          "hours, uses and for."};
constexpr Refusal kBadForm{
    Status::unprocessable_content,
    "hours is a number from 1 to 8760 or empty, uses one from 1 to 1000 or empty, for is reading, "
    "dropping or empty, and each stands once."};
constexpr Refusal kTooManyOfMaker{Status::conflict,
                                  "you have 100 links, the most: revoke one of them, then make this one."};
constexpr Refusal kTooMany{Status::conflict,
                           "there are 1000 links, the most of this server: some have to be revoked first."};
constexpr Refusal kNotStored{Status::service_unavailable, "the link could not be stored on the disk.",
                             "a share link could not be written: is the directory .godwit writable for the server?"};
constexpr Refusal kKeyOfOthers{Status::service_unavailable, "the link could not be stored on the disk.",
                               ".godwit/.godwit-share.key is damaged or others can read it: chmod 600 mends it, or "
                               "remove it, which ends all share links"};

/// nullopt: it is no number from `least` to `most`.
std::optional<std::uint64_t> number_in(const std::string& text, std::uint64_t most, std::uint64_t absent) {
    if (text.empty()) return absent;
    const auto number = base::parse_decimal(text);
    return number && *number >= 1 && *number <= most ? number : std::nullopt;
}

/// nullopt: it is none of the words.
std::optional<LinkGives> gives_of(const std::string& text) {
    if (text.empty() || text == "reading") return LinkGives::reading;
    return text == "dropping" ? std::optional(LinkGives::dropping) : std::nullopt;
}

/// What the maker's rights at `path` do not allow him to give.
std::optional<Refusal> find_fault(handler::Rights rights, std::string_view path, LinkGives gives) {
    const bool is_folder = path.ends_with('/');
    if (gives == LinkGives::dropping) {
        if (!rights.has(Right::create)) return kMayNotAdd;
        return is_folder ? std::nullopt : std::optional(kNoFolder);
    }
    const bool reads = rights.has(Right::read) || (is_folder && rights.has(Right::list));
    return reads ? std::nullopt : std::optional(kMayNotRead);
}

/// The whole address, as the client would write it.
std::string address_of(const http::Request& request, std::string_view path) {
    std::string address;
    if (const std::string_view authority = asked_authority(request); !authority.empty()) {
        address.append(is_secured(request) ? "https://" : "http://").append(authority);
    }
    return address.append(page_address(request, path));
}

/// Counts the links, writes the new one and waits for the disk. It goes on to its end even when its client is gone: the
/// maker's list has the link then.
class MakingShare final : public http::PendingResponse {
public:
    MakingShare(std::unique_ptr<KeptRequest> request, const ShareParts& parts, ShareLink link)
        : request_(std::move(request)), parts_(parts), scan_(parts.store), link_(std::move(link)) {}

    std::optional<http::Response> advance(http::Wake wake) override {
        if (!made_) {
            if (!scan_.work()) {
                parts_.disk.wakes().wake(wake);
                return std::nullopt;
            }
            if (counted_at_ != parts_.counts.written) {
                count_again();
                parts_.disk.wakes().wake(wake);
                return std::nullopt;
            }
            if (auto refused = write()) return refused;
            if (parts_.durability == storage::Durability::full) {
                // The root, too: whoever made the directory may not have waited for its name to be on the disk.
                syncs_.sync_directories(parts_.disk, {made_->file, made_->directory, parts_.root.shared()}, wake);
            }
        }
        if (!syncs_.done()) return std::nullopt;
        if (syncs_.error() != 0) {
            remove(link_.id);
            return refuse(kNotStored);
        }
        ++parts_.counts.made;
        change_ = {.action = http::Change::Action::share, .from = {}, .path = link_.path};
        return answer();
    }

    [[nodiscard]] http::Changes take_changes() override { return http::changes_of(std::move(change_)); }

private:
    /// nullopt: it is written.
    [[nodiscard]] std::optional<http::Response> write() {
        if (scan_.error() != 0) return refuse(kNotStored);
        std::vector<ShareLink> links = scan_.take_links();
        for (const ShareLink& each : links) {
            if (each.ends_s < link_.made_s - kKeepOverS) remove(each.id);
        }
        std::erase_if(links, [&](const ShareLink& each) { return each.is_over_at(link_.made_s); });
        const auto own = std::ranges::count(links, link_.maker, &ShareLink::maker);
        const bool has_too_many = static_cast<std::size_t>(own) >= kMostSharesOfOneMaker;
        if (has_too_many || links.size() >= kMostShares) {
            ++parts_.counts.over_share;
            return has_too_many ? refuse_maker() : refuse(kTooMany);
        }
        auto made = parts_.store.make(link_);
        if (!made) return refuse(made.error() == EPERM ? kKeyOfOthers : kNotStored);
        made_ = std::move(*made);
        ++parts_.counts.written;
        return std::nullopt;
    }

    /// Another link was written while these were counted, and may not be among them.
    void count_again() {
        scan_ = access_control::ShareScan(parts_.store);
        counted_at_ = parts_.counts.written;
    }

    /// When this fails the link stays, which does no harm: it is over, or nobody was told its token.
    void remove(const std::string& id) const { [[maybe_unused]] const auto directory = parts_.store.remove(id); }

    [[nodiscard]] http::Response refuse(const Refusal& refusal) const {
        return handler::refusal_response(&request_->get(), refusal);
    }

    /// With the address at which the maker revokes links.
    [[nodiscard]] http::Response refuse_maker() const {
        const http::Request& request = request_->get();
        std::string sentence(kTooManyOfMaker.reason);
        sentence.append(" Yours are at ").append(request.client_path(kSharesPath)).append(".");
        http::Response response = handler::error_response(&request, kTooManyOfMaker.status, sentence);
        response.reason = kTooManyOfMaker.reason;
        return response;
    }

    [[nodiscard]] http::Response answer() const {
        const http::Request& request = request_->get();
        const std::string query = "?share=" + made_->token;
        const std::string address = address_of(request, link_.path) + query;
        http::Response response;
        if (handler::prefers_html(request)) {
            response = page_response(request, Status::created, page(address));
        } else {
            response.status = Status::created;
            response.add("Content-Type", "text/plain; charset=utf-8").add("X-Content-Type-Options", "nosniff");
            response.add("Cache-Control", "no-store").add("Vary", "Accept");
            response.is_personal = true;
            response.body = http::Piece(address + "\n");
        }
        response.add("Location", http::encode_path(link_.path) + query);
        return response;
    }

    [[nodiscard]] std::string page(const std::string& address) const {
        std::string html;
        const http::Request& request = request_->get();
        append_page_head(html, "Share link", request);
        const bool drops = link_.gives == LinkGives::dropping;
        html.append("<p>Whoever has this link can ").append(drops ? "add files to" : "read").append(" <b><bdi>");
        base::append_html_escaped(html, request.client_path(link_.path));
        html.append("</bdi></b> until ");
        listings::append_time_element(html, link_.ends_s);
        html.append(" UTC");
        if (link_.limit == 1) html.append(", once");
        if (link_.limit > 1) html.append(", ").append(std::to_string(link_.limit)).append(" times");
        html.append(". It is shown this once.</p>\n<form><input readonly aria-label=\"The link\" value=\"");
        base::append_html_escaped(html, address);
        html.append("\"></form>\n<p><a href=\"")
            .append(page_address(request, kSharesPath))
            .append("\">Your links</a></p>\n");
        const std::string folder = link_.path.substr(0, link_.path.rfind('/') + 1);
        html.append("<p><a href=\"");
        base::append_html_escaped(html, page_address(request, folder));
        html.append("\">Back to the folder</a></p>\n");
        append_page_end(html);
        return html;
    }

    std::unique_ptr<KeptRequest> request_;
    ShareParts parts_;
    access_control::ShareScan scan_;
    std::uint64_t counted_at_ = parts_.counts.written;  ///< when the scan began
    ShareLink link_;
    std::optional<access_control::ShareStore::Made> made_;
    storage::DiskOperations syncs_;
    std::optional<http::Change> change_;
};

class ShareForm final : public handler::SmallBodySink {
public:
    ShareForm(const http::Request& request, const ShareParts& parts, const handler::Resource& resource,
              handler::Rights rights, handler::SmallBody body)
        : SmallBodySink(std::move(body)),
          request_(std::make_unique<KeptRequest>(request)),
          parts_(parts),
          path_(resource.path),
          rights_(rights) {}

private:
    std::unique_ptr<http::PendingResponse> answer(std::string body) override {
        const auto fields = http::parse_form(body, kFormLimits);
        const auto hours_text = fields ? take_value(*fields, "hours") : std::nullopt;
        const auto uses_text = fields ? take_value(*fields, "uses") : std::nullopt;
        const auto hours = hours_text ? number_in(*hours_text, kYearHours, kWeekHours) : std::nullopt;
        const auto uses = uses_text ? number_in(*uses_text, access_control::kMostUses, 0) : std::nullopt;
        const auto for_text = fields ? take_value(*fields, "for") : std::nullopt;
        const auto gives = for_text ? gives_of(*for_text) : std::nullopt;
        if (!hours || !uses || !gives) return refuse(kBadForm);
        if (const auto fault = find_fault(rights_, path_, *gives)) return refuse(*fault);
        const std::int64_t now_s = parts_.clock.unix_seconds();
        ShareLink link{.id = access_control::make_share_id(),
                       .maker = request_->get().user->name,
                       .path = path_,
                       .made_s = now_s,
                       .ends_s = now_s + static_cast<std::int64_t>(*hours) * kHourS,
                       .limit = static_cast<std::uint32_t>(*uses),
                       .gives = *gives,
                       .stamp = request_->get().user->stamp};
        return std::make_unique<MakingShare>(std::move(request_), parts_, std::move(link));
    }
    std::unique_ptr<http::PendingResponse> refuse(const Refusal& refusal) override {
        return std::make_unique<handler::ReadyAnswer>(handler::refusal_response(&request_->get(), refusal));
    }

    std::unique_ptr<KeptRequest> request_;
    ShareParts parts_;
    std::string path_;
    handler::Rights rights_;
};

bool is_file(const storage::FileRoot& root, std::string_view path) {
    const auto status = root.stat_inside(path);
    return status && S_ISREG(status->st_mode);
}

/// Only what is there now: a link to nothing would give whatever has that name later.
std::optional<Refusal> find_absence(const storage::FileRoot& root, std::string_view path) {
    const auto status = root.stat_inside(path);
    // The name of a file with a slash behind it.
    if (!status && status.error().number == ENOTDIR && is_file(root, path.substr(0, path.size() - 1)))
        return kOtherKind;
    if (!status && status.error().is_absence()) return kNothingThere;
    if (!status) return kNotLookedAt;
    const bool is_folder = S_ISDIR(status->st_mode);
    if (!is_folder && !S_ISREG(status->st_mode)) return kNothingThere;
    return is_folder == path.ends_with('/') ? std::nullopt : std::optional(kOtherKind);
}

}  // namespace

handler::Decision ShareMaking::make(const http::Request& request, const handler::Resource& resource,
                                    handler::Rights rights) const {
    if (const auto fault = find_foreign_fault(request)) return handler::refusal_response(&request, *fault);
    if (!rights.has(Right::share) || request.user == nullptr) return handler::refusal_response(&request, kMayNotShare);
    const auto unread = find_fault(rights, resource.path, LinkGives::reading);
    const bool may_drop = !find_fault(rights, resource.path, LinkGives::dropping);
    if (unread && !may_drop) return handler::refusal_response(&request, *unread);
    if (const auto fault = find_absence(parts_.root, resource.path)) return handler::refusal_response(&request, *fault);
    if (request.has_body() && !is_form(request)) return handler::refusal_response(&request, kNoForm);
    auto body = handler::SmallBody::of(request, kMostFormBytes);
    if (!body) return std::move(body.error());
    return std::make_unique<ShareForm>(request, parts_, resource, rights, std::move(*body));
}

}  // namespace site
