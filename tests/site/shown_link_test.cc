// Where a request shows a share link, and what it is worth then.
#include "site/shown_link.h"

#include <string>

#include "access_control/tokens.h"
#include "handler/rights.h"
#include "site/sharing.h"
#include "support/no_descriptors.h"

using http::ShownLink;
using Uses = http::SharedPath::Uses;

namespace {

struct Looked {
    ShownLink shown = ShownLink::none;
    std::optional<site::KnownLink> known;
};

Looked look(const Sharing& sharing, std::string_view target, const std::string& lines = {},
            std::string_view method = "GET") {
    const ParsedRequest parsed(method, target, lines);
    http::Request request = parsed.get();
    auto known = site::look_up_link(request, request.path(), sharing.store, sharing.clock.unix_seconds());
    return {request.shown_link, std::move(known)};
}

}  // namespace

TEST_CASE("shown link: the query's token gives its path and names its maker", "[site][share]") {
    if (!access_control::has_tokens()) return;
    const Sharing sharing;
    const auto link = sharing.link_to("/a/");
    const std::string token = sharing.token_of(link);
    for (const char* const before : {"/a/x?share=", "/a/?limit=3&share=", "/elsewhere?share="}) {
        const Looked looked = look(sharing, before + token);
        CHECK(looked.shown == ShownLink::by_query);
        REQUIRE(looked.known.has_value());
        CHECK(looked.known->maker == "alice");
        CHECK(looked.known->shared.path == "/a/");
        CHECK(looked.known->shared.id == link.id);
        CHECK(looked.known->shared.uses == Uses::unlimited);
    }
}

TEST_CASE("shown link: what has not the form of a token is somebody else's parameter", "[site][share]") {
    const Sharing sharing;
    const std::string zeros(access_control::kShareTokenDigits, '0');
    for (const std::string& query :
         {std::string("share"), std::string("share="), std::string("share=facebook"), "share=" + zeros.substr(33),
          "Share=" + zeros, "reshare=" + zeros, "x=share=" + zeros}) {
        INFO(query);
        CHECK(look(sharing, "/a?" + query).shown == ShownLink::none);
    }
    CHECK(look(sharing, "/a?share=" + zeros).shown == ShownLink::unknown);
}

TEST_CASE("shown link: a token that was cut, or that something stuck to, is an unknown link", "[site][share]") {
    if (!access_control::has_tokens()) return;
    const Sharing sharing;
    const std::string token = sharing.token_of(sharing.link_to("/a"));
    for (const std::string& value :
         {token.substr(0, 16), token.substr(0, 40), token.substr(0, 47), token + "0", token + ".", token + "%20"}) {
        INFO(value);
        CHECK(look(sharing, "/a?share=" + value).shown == ShownLink::unknown);
    }
    CHECK(look(sharing, "/a?share=" + token.substr(0, 15)).shown == ShownLink::none);
    CHECK(look(sharing, "/a?share=" + token.substr(0, 40), {}, "POST").shown == ShownLink::unknown);
}

TEST_CASE("shown link: only the right token of a link that is over tells that it is", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Sharing sharing;
    const std::string token = sharing.token_of(sharing.link_to("/a"));
    std::string forged = token;
    forged.back() = forged.back() == '0' ? '1' : '0';
    sharing.clock.advance_ms(86'399'000);
    CHECK(look(sharing, "/a?share=" + token).shown == ShownLink::by_query);
    CHECK(look(sharing, "/a?share=" + forged).shown == ShownLink::unknown);
    sharing.clock.advance_ms(1'000);
    CHECK(look(sharing, "/a?share=" + token).shown == ShownLink::over);
    CHECK_FALSE(look(sharing, "/a?share=" + token).known.has_value());
    CHECK(look(sharing, "/a?share=" + forged).shown == ShownLink::unknown);
}

TEST_CASE("shown link: one that is used up serves only downloads that were cut within a day", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Sharing sharing;
    auto link = sharing.link_to("/a", 1);
    link.ends_s += 10 * site::kResumingS;
    const std::string target = "/a?share=" + sharing.token_of(link);
    CHECK(look(sharing, target).known->shared.uses == Uses::counted);
    REQUIRE(sharing.store.take_use(link.id, sharing.clock.unix_seconds()).has_value());
    CHECK(look(sharing, target).shown == ShownLink::over);
    CHECK(look(sharing, target, "Range: bytes=0-\r\n").shown == ShownLink::over);
    CHECK(look(sharing, target, {}, "HEAD").shown == ShownLink::over);
    CHECK(look(sharing, target, "Range: bytes=5-\r\n", "HEAD").shown == ShownLink::over);
    CHECK(look(sharing, target, "Range: bytes=5-\r\n").known->shared.uses == Uses::resumed);
    sharing.clock.advance_ms(site::kResumingS * 1'000);
    CHECK(look(sharing, target, "Range: bytes=5-\r\n").shown == ShownLink::over);
}

TEST_CASE("shown link: a cookie counts for what its link covers, and tells nothing otherwise", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Sharing sharing;
    const std::string outer = sharing.token_of(sharing.link_to("/a/"));
    const std::string inner = sharing.token_of(sharing.link_to("/a/b/"));
    const std::string lines = "Cookie: godwit-share=" + inner + "; x=y; godwit-share=" + outer + "\r\n";
    CHECK(look(sharing, "/a/b/x", lines).known->shared.path == "/a/b/");
    CHECK(look(sharing, "/a/x", lines).known->shared.path == "/a/");
    CHECK(look(sharing, "/a/x", lines).shown == ShownLink::by_cookie);
    CHECK(look(sharing, "/c", lines).shown == ShownLink::none);
    // The query is what the person means.
    CHECK(look(sharing, "/a/x?share=" + std::string(48, '0'), lines).shown == ShownLink::unknown);
    sharing.clock.advance_ms(86'400'000);
    CHECK(look(sharing, "/a/x", lines).shown == ShownLink::none);
}

TEST_CASE("shown link: one that cannot be read for now is not said to be none", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Sharing sharing;
    const std::string token = sharing.token_of(sharing.link_to("/a/"));
    const std::string lines = "Cookie: godwit-share=" + token + "\r\n";
    {
        const support::NoDescriptors none;
        CHECK(look(sharing, "/a/x?share=" + token).shown == ShownLink::unread);
        CHECK(look(sharing, "/a/x", lines).shown == ShownLink::unread_cookie);
    }
    CHECK(look(sharing, "/a/x", lines).shown == ShownLink::by_cookie);
}

TEST_CASE("shown link: it gives nothing to requests that change something", "[site][share]") {
    if (!access_control::has_tokens()) return;
    const Sharing sharing;
    const std::string token = sharing.token_of(sharing.link_to("/a/"));
    for (const char* const method : {"PUT", "POST", "DELETE", "MOVE", "MKCOL", "PATCH"}) {
        CHECK_FALSE(look(sharing, "/a/x?share=" + token, {}, method).known.has_value());
    }
}

TEST_CASE("shown link: the answer for a folder sets a cookie for that folder until the end", "[site][share]") {
    const std::string token(access_control::kShareTokenDigits, 'a');
    const auto fields = [&](std::string_view target, http::Status status, const char* path, bool is_secure = false) {
        const ParsedRequest parsed("GET", target);
        http::Request request = parsed.get();
        request.is_secure = is_secure;
        request.shown_link = ShownLink::by_query;
        request.shared = std::make_shared<const http::SharedPath>(http::SharedPath{.path = path, .ends_s = 1'060});
        http::Response response;
        response.status = status;
        site::hide_link_from_pages(request, response);
        site::add_link_cookie(request, 1'000, response);
        CHECK(response.find("Referrer-Policy") == "no-referrer");
        return std::string(response.find("Set-Cookie").value_or("-"));
    };
    const std::string query = "?share=" + token;
    CHECK(fields("/a/" + query, http::Status::ok, "/a/") ==
          "godwit-share=" + token + "; Max-Age=60; HttpOnly; SameSite=Lax");
    CHECK(fields("/a/" + query, http::Status::ok, "/a/", true) ==
          "__Secure-godwit-share=" + token + "; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
    CHECK(fields("/a/x" + query, http::Status::ok, "/a/") == "-");
    CHECK(fields("/a/" + query, http::Status::forbidden, "/a/") == "-");
    CHECK(fields("/a" + query, http::Status::ok, "/a") == "-");
}

TEST_CASE("shown link: answers to other requests are as they were", "[site][share]") {
    const ParsedRequest parsed("GET", "/a/?share");
    http::Response response;
    site::hide_link_from_pages(parsed.get(), response);
    site::add_link_cookie(parsed.get(), 1'000, response);
    CHECK(response.fields.empty());
}

TEST_CASE("shown link: one for dropping counts for what changes something, unless another site sent it",
          "[site][share]") {
    if (!access_control::has_tokens()) return;
    Sharing sharing;
    auto link = sharing.link_to("/a/");
    link.gives = http::LinkGives::dropping;
    const std::string token = sharing.token_of(link);
    const std::string query = "/a/x?share=" + token;
    const std::string cookie = "Cookie: godwit-share=" + token + "\r\n";
    for (const char* const method : {"PUT", "POST"}) {
        CHECK(look(sharing, query, {}, method).known->shared.gives == http::LinkGives::dropping);
        CHECK(look(sharing, "/a/x", cookie, method).shown == ShownLink::by_cookie);
        CHECK(look(sharing, "/a/x", cookie + "Origin: http://a\r\n", method).shown == ShownLink::by_cookie);
        for (const char* const foreign : {"Origin: http://evil\r\n", "Origin: null\r\n",
                                          "Sec-Fetch-Site: cross-site\r\n", "Sec-Fetch-Site: same-site\r\n"}) {
            INFO(foreign);
            CHECK_FALSE(look(sharing, query, foreign, method).known.has_value());
            CHECK_FALSE(look(sharing, "/a/x", cookie + foreign, method).known.has_value());
        }
    }
    CHECK(look(sharing, query.substr(0, query.size() - 1) + "x", {}, "PUT").shown == ShownLink::unknown);
    sharing.clock.advance_ms(86'400'000);
    CHECK(look(sharing, query, {}, "PUT").shown == ShownLink::over);
}

TEST_CASE("shown link: by cookie one for dropping gives its page, and hides nothing else", "[site][share]") {
    if (!access_control::has_tokens()) return;
    const Sharing sharing;
    auto link = sharing.link_to("/a/");
    link.gives = http::LinkGives::dropping;
    const std::string cookie = "Cookie: godwit-share=" + sharing.token_of(link) + "\r\n";
    CHECK(look(sharing, "/a/", cookie).known.has_value());
    CHECK(look(sharing, "/a/x", cookie).shown == ShownLink::none);
    CHECK(look(sharing, "/a/b/", cookie).shown == ShownLink::none);
    CHECK(look(sharing, "/a/b/x", cookie, "PUT").shown == ShownLink::none);
}

TEST_CASE("shown link: an upload goes on by the link that it was begun by", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Sharing sharing;
    auto link = sharing.link_to("/a/", 1);
    link.gives = http::LinkGives::dropping;
    const std::string token = sharing.token_of(link);
    const std::string path = "/.godwit/uploads/1";
    const auto look_at = [&](const std::string& lines = {}) {
        const ParsedRequest parsed("PATCH", path, lines);
        http::Request request = parsed.get();
        auto known = site::look_up_link_of_upload(request, path, token, sharing.store, sharing.clock.unix_seconds());
        return Looked{request.shown_link, std::move(known)};
    };
    CHECK(look_at().shown == ShownLink::by_upload);
    CHECK(look_at().known->shared.upload == path);
    CHECK_FALSE(look_at("Origin: http://evil\r\n").known.has_value());
    REQUIRE(sharing.store.take_use(link.id, sharing.clock.unix_seconds()).has_value());
    CHECK(look(sharing, "/a/x?share=" + token, {}, "PUT").shown == ShownLink::over);
    CHECK(look_at().shown == ShownLink::by_upload);
    REQUIRE(sharing.store.remove(link.id).has_value());
    CHECK(look_at().shown == ShownLink::over);
}

TEST_CASE("shown link: the page for dropping keeps its cookie and its address from other sites", "[site][share]") {
    const std::string token(access_control::kShareTokenDigits, 'a');
    const ParsedRequest parsed("GET", "/a/?share=" + token);
    http::Request request = parsed.get();
    request.shown_link = ShownLink::by_query;
    request.shared = std::make_shared<const http::SharedPath>(
        http::SharedPath{.path = "/a/", .ends_s = 1'060, .gives = http::LinkGives::dropping});
    http::Response response;
    site::hide_link_from_pages(request, response);
    site::add_link_cookie(request, 1'000, response);
    // Without the field browsers would not say which page a form was on.
    CHECK(response.find("Referrer-Policy") == "same-origin");
    CHECK(response.find("Set-Cookie") == "godwit-share=" + token + "; Max-Age=60; HttpOnly; SameSite=Strict");
}
