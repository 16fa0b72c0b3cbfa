// The route table, and how a request finds its row.
#include "site/router.h"

#include <array>
#include <cerrno>
#include <optional>
#include <string>
#include <utility>

#include "handler/error_page.h"
#include "site/cross_site.h"
#include "site/https_redirect.h"
#include "site/path_prefix.h"
#include "site/share_words.h"
#include "site/sign_in_answers.h"

namespace site {
namespace {

using handler::Resource;
using handler::Right;
using handler::Rights;
using http::Method;
using http::MethodSet;
using http::Refusal;
using http::Status;
using Kind = Resource::Kind;

constexpr std::size_t kMethods = 17;
static_assert(static_cast<std::size_t>(Method::unknown) + 1 == kMethods);

constexpr Refusal kHiddenName{Status::forbidden, "names that begin with a dot are not written."};
constexpr Refusal kHiddenFile{Status::not_found, "there is nothing at this path."};
constexpr Refusal kRootStays{Status::forbidden, "the root itself is not deleted."};
constexpr Refusal kRootIsNotMoved{Status::forbidden, "the root itself is not moved."};
constexpr Refusal kRootIsNotCopied{Status::forbidden, "the root itself is not copied."};
constexpr Refusal kRootIsNotLocked{Status::forbidden, "the root itself is not locked; lock what is in it."};
constexpr Refusal kRootIsThere{Status::method_not_allowed, "the root is there already"};
constexpr Refusal kNamesDirectory{Status::method_not_allowed,
                                  "this names a directory; send the file to a name without a slash at its end"};
constexpr Refusal kSignInFirst{Status::unauthorized,
                               "sign in first: with a name and a password (Basic), or with a token (Bearer)."};
constexpr Refusal kNotReadable = http::missing_right("you may not read this.");

/// Why a method that writes is not allowed, by the right that is missing.
std::string_view missing_right_text(const Resource& resource, Rights needed) {
    if (!resource.is_below_root() && resource.kind != Kind::records && resource.kind != Kind::record) return {};
    if (handler::is_well_known(resource.path)) return "nothing is written below /.well-known/ here";
    if (needed.has(Right::create)) return "nothing may be uploaded here";
    if (needed.has(Right::replace)) return "what is stored here may not be replaced";
    if (needed.has(Right::remove)) return "nothing may be deleted here";
    return {};
}

}  // namespace

/// A cell of the table: the needed right, and what happens. A cell without a function refuses everybody.
struct Router::Route {
    using Function = handler::Decision (Router::*)(const Call&);

    Kind kind = Kind::server;
    Method method = Method::unknown;
    Rights any_of;  ///< one of these is needed; none: everybody may
    Function function = nullptr;
    const Refusal* refusal = nullptr;  ///< in place of a function
};

class Router::RouteTable {
public:
    static const Route& find(Kind kind, Method method) {
        return table_by_kind[static_cast<std::size_t>(kind) * kMethods + static_cast<std::size_t>(method)];
    }

private:
    using Table = std::array<Route, Resource::kKinds * kMethods>;
    static constexpr Route kRoutes[] = {
        {Kind::file, Method::get, Rights(Right::read), &Router::read_below_root},
        {Kind::file, Method::propfind, Rights(Right::read, Right::list), &Router::find_properties},
        {Kind::file, Method::proppatch, Rights(Right::replace), &Router::change_properties},
        {Kind::file, Method::lock, Rights(Right::create, Right::replace), &Router::lock},
        {Kind::file, Method::unlock, Rights(Right::create, Right::replace), &Router::unlock},
        {Kind::file, Method::put, Rights(Right::create, Right::replace), &Router::store},
        {Kind::file, Method::post, Rights(Right::create, Right::replace, Right::share), &Router::store},
        {Kind::file, Method::del, Rights(Right::remove), &Router::remove},
        {Kind::file, Method::mkcol, Rights(Right::create), &Router::make_directory},
        {Kind::file, Method::copy, Rights(Right::read), &Router::copy},
        {Kind::file, Method::move, Rights(Right::remove), &Router::move},
        {Kind::directory, Method::get, Rights(Right::read, Right::list, Right::create), &Router::read_directory},
        {Kind::directory, Method::propfind, Rights(Right::read, Right::list), &Router::find_properties},
        {Kind::directory, Method::proppatch, Rights(Right::replace), &Router::change_properties},
        {Kind::directory, Method::lock, Rights(Right::create, Right::replace), &Router::lock},
        {Kind::directory, Method::unlock, Rights(Right::create, Right::replace), &Router::unlock},
        {Kind::directory, Method::put, Rights(Right::create), nullptr, &kNamesDirectory},
        {Kind::directory, Method::post, Rights(Right::create, Right::remove, Right::share), &Router::post_to_directory},
        {Kind::directory, Method::del, Rights(Right::remove), &Router::remove},
        {Kind::directory, Method::mkcol, Rights(Right::create), &Router::make_directory},
        {Kind::directory, Method::copy, Rights(Right::read), &Router::copy},
        {Kind::directory, Method::move, Rights(Right::remove), &Router::move},
        {Kind::root, Method::get, Rights(Right::read, Right::list, Right::create), &Router::read_directory},
        {Kind::root, Method::propfind, Rights(Right::read, Right::list), &Router::find_properties},
        {Kind::root, Method::proppatch, Rights(Right::replace), &Router::change_properties},
        {Kind::root, Method::lock, Rights(Right::create, Right::replace), nullptr, &kRootIsNotLocked},
        {Kind::root, Method::put, Rights(Right::create), nullptr, &kNamesDirectory},
        {Kind::root, Method::post, Rights(Right::create, Right::remove, Right::share), &Router::post_to_directory},
        {Kind::root, Method::del, Rights(Right::remove), nullptr, &kRootStays},
        {Kind::root, Method::copy, Rights(Right::read), nullptr, &kRootIsNotCopied},
        {Kind::root, Method::move, Rights(Right::remove), nullptr, &kRootIsNotMoved},
        {Kind::root, Method::mkcol, Rights(Right::create), nullptr, &kRootIsThere},
        {Kind::hidden, Method::get, Rights(Right::read), &Router::answer_hidden},
        {Kind::hidden, Method::propfind, Rights(Right::read), nullptr, &kHiddenFile},
        {Kind::hidden, Method::proppatch, Rights(Right::replace), nullptr, &kHiddenFile},
        {Kind::hidden, Method::lock, Rights(Right::create), nullptr, &kHiddenName},
        {Kind::hidden, Method::put, Rights(Right::create), nullptr, &kHiddenName},
        {Kind::hidden, Method::post, Rights(Right::create), nullptr, &kHiddenName},
        {Kind::hidden, Method::mkcol, Rights(Right::create), nullptr, &kHiddenName},
        {Kind::hidden, Method::del, Rights(Right::remove), nullptr, &kHiddenFile},
        {Kind::hidden, Method::copy, Rights(Right::read), nullptr, &kHiddenFile},
        {Kind::hidden, Method::move, Rights(Right::remove), nullptr, &kHiddenFile},
        {Kind::files_prefix, Method::get, Rights(Right::read), &Router::lead_to_files},
        {Kind::echo, Method::get, Rights(), &Router::ask_echo},
        {Kind::user_agent, Method::get, Rights(), &Router::ask_user_agent},
        {Kind::health, Method::get, Rights(), &Router::ask_health},
        {Kind::page_asset, Method::get, Rights(), &Router::ask_page_assets},
        {Kind::records, Method::get, Rights(Right::read), &Router::ask_records},
        {Kind::records, Method::propfind, Rights(Right::read), &Router::find_properties},
        {Kind::records, Method::post, Rights(Right::create), &Router::ask_records},
        {Kind::record, Method::get, Rights(Right::read), &Router::ask_records},
        {Kind::record, Method::put, Rights(Right::replace), &Router::ask_records},
        {Kind::record, Method::del, Rights(Right::remove), &Router::ask_records},
        {Kind::upload, Method::get, Rights(), &Router::ask_upload},
        {Kind::upload, Method::patch, Rights(), &Router::ask_upload},
        {Kind::upload, Method::del, Rights(), &Router::ask_upload},
        {Kind::sign_in, Method::get, Rights(), &Router::ask_sign_in_pages},
        {Kind::sign_in, Method::post, Rights(), &Router::ask_sign_in_pages},
        {Kind::sign_out, Method::post, Rights(), &Router::ask_sign_in_pages},
        {Kind::shares, Method::get, Rights(), &Router::ask_share_list},
        {Kind::shares, Method::post, Rights(), &Router::ask_share_list},
        {Kind::shares, Method::del, Rights(), &Router::ask_share_list},
    };

    /// HEAD is answered where GET is, and OPTIONS everywhere.
    static constexpr Table make_table() {
        Table table{};
        const auto put = [&table](const Route& route, Method method) {
            table[static_cast<std::size_t>(route.kind) * kMethods + static_cast<std::size_t>(method)] = route;
        };
        for (const Route& route : kRoutes) {
            put(route, route.method);
            if (route.method == Method::get) put(route, Method::head);
        }
        for (std::size_t kind = 0; kind < Resource::kKinds; ++kind) {
            const Route options{static_cast<Kind>(kind), Method::options, Rights(), &Router::answer_options};
            put(options, Method::options);
        }
        return table;
    }

    static const Table table_by_kind;
};

constinit const Router::RouteTable::Table Router::RouteTable::table_by_kind = make_table();

/// A move also needs a right at its destination. Where nothing may be made, no path can be a destination.
bool Router::may_move(Rights rights) const {
    return rights.has(Right::remove) && rights.has(Right::read) && config_.allow_upload && config_.only_path.empty();
}

/// The same of a copy, which takes nothing away.
bool Router::may_copy() const { return config_.allow_upload && config_.only_path.empty(); }

MethodSet Router::allowed(const Resource& resource, Rights rights, Existence existence) const {
    MethodSet methods;
    for (std::size_t number = 0; number < kMethods; ++number) {
        const auto method = static_cast<Method>(number);
        const Route& route = RouteTable::find(resource.kind, method);
        if (route.function == nullptr || !rights.has_any_of(route.any_of)) continue;
        if (!is_known(method) || (method == Method::move && !may_move(rights))) continue;
        if (method == Method::copy && !may_copy()) continue;
        // RFC 4918 §9.3: MKCOL is allowed where nothing exists. Whether something exists is not revealed behind a link
        // that leads out of the root, nor to clients that may only add.
        if (method == Method::mkcol) {
            if (rights.only_adds()) continue;
            if (existence == Existence::unseen) {
                methods.add(method);
                continue;
            }
            const auto found = root_.stat_name_inside(resource.path);
            if (found || found.error().number != ENOENT) continue;
        }
        methods.add(method);
    }
    return methods;
}

/// The methods of "*" and of the refusal of unknown methods: those that some path below the root allows.
MethodSet Router::allowed_anywhere(Rights rights) const {
    MethodSet methods;
    for (const Kind kind : {Kind::file, Kind::directory}) {
        for (std::size_t number = 0; number < kMethods; ++number) {
            const auto method = static_cast<Method>(number);
            const Route& route = RouteTable::find(kind, method);
            if (route.function == nullptr || !rights.has_any_of(route.any_of)) continue;
            if (!is_known(method) || (method == Method::move && !may_move(rights))) continue;
            if (method == Method::copy && !may_copy()) continue;
            methods.add(method);
        }
    }
    return methods;
}

handler::Decision Router::refuse(const Call& call, const Route& route) const {
    const MethodSet methods = allowed(call.resource, call.rights);
    const bool may = call.rights.has_any_of(route.any_of);
    if (may && route.refusal != nullptr) {
        if (route.refusal->status != Status::method_not_allowed) {
            return handler::refusal_response(&call.request, *route.refusal);
        }
        return handler::method_not_allowed(call.request, methods, route.refusal->reason);
    }
    if (!may && call.request.shown_link == http::ShownLink::unread_cookie) {
        return handler::refusal_response(&call.request, kLinkUnread);
    }
    const Method method = call.request.method;
    if (!may &&
        (method == Method::get || method == Method::head || method == Method::copy || method == Method::propfind)) {
        return handler::refusal_response(&call.request, kNotReadable);
    }
    if (!may && makes_share(call)) return handler::refusal_response(&call.request, kMayNotShare);
    const std::string_view missing = missing_right_text(call.resource, route.any_of);
    // Others may: the method is allowed, though not to this client.
    if (!may && config_.grants && !missing.empty()) {
        const bool is_for_all = handler::is_well_known(call.resource.path) && !config_.allow_well_known;
        return handler::refusal_response(
            &call.request, is_for_all ? Refusal{Status::forbidden, missing} : http::missing_right(missing));
    }
    return handler::method_not_allowed(call.request, methods, missing);
}

handler::Decision Router::refuse_host(const http::Request& request, const HostFault& fault) {
    ++targets_.misdirected;
    http::Response response = handler::refusal_response(&request, fault.refusal);
    response.reason = fault.for_operator;
    return response;
}

/// A link in a cookie is no reason for a refusal, because a browser keeps the cookie until its time is over. (One that
/// cannot be read is, where the right is missing that it may give.) A
/// link in the query is refused also when its maker has lost the right.
std::optional<http::Response> Router::refuse_link(const http::Request& request) const {
    using enum http::ShownLink;
    switch (request.shown_link) {
        case unread: return handler::refusal_response(&request, kLinkUnread);
        case unknown: ++targets_.links_refused; return handler::refusal_response(&request, kNoSuchLink);
        case by_query:
        case by_upload:
            if (!request.shared || config_.is_given_by_link(request.shared->path, handler::Client::of(request)))
                return {};
            [[fallthrough]];
        case over: ++targets_.links_refused; return handler::refusal_response(&request, kLinkIsOver);
        default: return std::nullopt;
    }
}

handler::Decision Router::handle(const http::Request& request) {
    Resource resource = resources_.find(request);
    // Load balancers and supervisors ask by address, and the answer reveals nothing to a foreign page.
    if (resource.kind != Kind::health) {
        if (const auto fault = find_host_fault(request, config_)) return refuse_host(request, *fault);
    }
    if (config_.redirect_https) {
        if (auto response = lead_to_https(request, config_)) return std::move(*response);
    }
    if (request.shown_link != http::ShownLink::none) {
        if (auto refused = refuse_link(request)) return std::move(*refused);
    }
    if (!http::is_safe(request.method)) {
        if (const auto fault = find_cross_site_fault(request, config_))
            return handler::refusal_response(&request, *fault);
    }
    if (must_sign_in(request, resource, config_)) {
        return handler::refusal_response(
            &request, request.shown_link == http::ShownLink::unread_cookie ? kLinkUnread : kSignInFirst);
    }
    if (request.unknown_expectation) {
        return handler::refusal_response(
            &request, {Status::expectation_failed, "the only expectation that can be met is \"100-continue\"."});
    }
    if (request.target.has_escaped_slash) return targets_.files.answer_escaped_slash(request);
    handler::Client client = handler::Client::of(request);
    client.is_preflight = is_preflight(request);
    const Rights rights = config_.resolve_rights(resource, client);
    const bool is_veiled = resource.is_below_root() && root_.is_for_writers(resource.path);
    if (is_veiled && !rights.has_any_of(Rights(Right::create, Right::replace))) resource.kind = Kind::hidden;
    const Call call{request, resource, rights};
    const bool has_if = config_.speaks_dav && request.fields.has(http::FieldName::dav_if);
    return has_if ? route_with_if(call) : route(call);
}

handler::Decision Router::route(const Call& call) {
    const http::Request& request = call.request;
    if (!is_known(request.method)) {
        return handler::error_response(&request, Status::not_implemented,
                                       "this server does not know the method; it knows " +
                                           handler::allow_value(allowed_anywhere(call.rights)) + ".");
    }
    const Route& route = RouteTable::find(call.resource.kind, request.method);
    if (route.function == nullptr || !call.rights.has_any_of(route.any_of)) return refuse(call, route);
    return (this->*route.function)(call);
}

handler::Decision Router::answer_options(const Call& call) {
    const bool is_server = call.resource.kind == Kind::server;
    // Only a preflight comes here without credentials where they are asked for.
    const bool is_veiled = call.request.user == nullptr && config_.asks_to_sign_in_at(call.resource.path);
    const Existence existence = is_veiled ? Existence::unseen : Existence::looked_at;
    http::Response response;
    response.status = Status::no_content;
    response.add("Allow", handler::allow_value(is_server ? allowed_anywhere(call.rights)
                                                         : allowed(call.resource, call.rights, existence)));
    const bool takes_files = RouteTable::find(call.resource.kind, Method::post).function != nullptr &&
                             call.resource.is_below_root() && call.rights.has(Right::create);
    // Of "*" the draft of resumable uploads expects it, too: files are taken somewhere (§3.1 of it).
    if (takes_files || (is_server && config_.allow_upload)) targets_.resumable.advertise(response);
    if (call.resource.kind == Kind::upload) targets_.resumable.advertise_upload(call.request, response);
    advertise_dav(call.resource, response);
    return response;
}

}  // namespace site
