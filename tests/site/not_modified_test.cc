// Each 304 of every handler has the fields that its 200 would have had for a cache (RFC 9110 §15.4.5).
#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "listings/page_assets.h"
#include "support/catch.h"
#include "support/granting.h"

namespace {

using support::AnsweringSite;

struct Asked {
    std::string_view target;
    std::string_view fields;
};

constexpr std::string_view kHtml = "Accept: text/html\r\n";
constexpr std::string_view kJson = "Accept: application/json\r\n";
constexpr std::string_view kCsv = "Accept: text/csv\r\n";
constexpr std::string_view kText = "Accept: text/plain\r\n";
constexpr std::string_view kGzip = "Accept-Encoding: gzip\r\n";

/// Everything that evaluates conditions.
constexpr auto kAsked = std::to_array<Asked>({
    {"/text.txt", ""},
    {"/text.txt", kGzip},
    {"/text.txt?download", ""},
    {"/dir/", ""},
    {"/page", ""},
    {"/route", kHtml},
    {"/list/", kHtml},
    {"/list/", kJson},
    {"/list/", kText},
    {"/list/", kGzip},
    {"/list/?format=json", ""},
    {"/list/?limit=1", kJson},
    {"/list/?search=a", kJson},
    {"/list/?archive=zip", ""},
    {"/list/?archive=tar", ""},
    {"/list/?archive=tar.gz", ""},
    {"/private/a.txt", ""},
    {"/private/", kHtml},
    {"/private/?archive=zip", ""},
    {"/database.txt", kHtml},
    {"/database.txt", kJson},
    {"/database.txt", kCsv},
    {"/database.txt", kText},
    {"/database.txt/1", kJson},
    {"/database.txt/1", kText},
    {listings::kPageStylePath, ""},
    {listings::kPageScriptPath, ""},
});

site::SiteConfig rules() {
    site::SiteConfig config = support::granting({"/ * read list write", "/private alice read list"});
    config.signs_in = config.has_sign_in_page = true;
    config.clean_urls = config.spa = true;
    config.cors.any_origin = true;
    config.headers.push_back({.path_prefix = "/", .name = "X-Frame-Options", .value = "DENY"});
    return config;
}

/// All values of a field, in order.
std::string values(const support::Answer& answer, std::string_view name) {
    std::string all;
    for (const http::FieldTail& fields : {answer.response.prepared.fields, http::FieldTail(answer.response.fields)}) {
        for (const http::FieldView field : fields) {
            if (field.name == name) all.append(field.value).append("; ");
        }
    }
    return all;
}

}  // namespace

TEST_CASE("not modified: each 304 tells caches what its 200 tells them", "[site]") {
    AnsweringSite site(rules());
    site.directory.write("page.html", "<p>page</p>");
    site.directory.write("text.txt", "text");
    site.directory.write("text.txt.gz", "packed");
    site.directory.write("index.html", "application");
    site.directory.write("dir/index.html", "index");
    site.directory.write("list/a.txt", "a");
    site.directory.write("private/a.txt", "a");
    site.directory.write("database.txt", "id=1&a=b\n");
    site.start();
    for (const auto& user :
         {std::shared_ptr<const http::User>(), std::make_shared<const http::User>(http::User{"alice", {}})}) {
        site.user = user;
        for (const auto& [target, fields] : kAsked) {
            if (user == nullptr && target.starts_with("/private/")) continue;
            INFO(target << " " << fields << (user == nullptr ? "" : " as alice"));
            const auto whole = site.ask("GET", target, fields);
            CHECK(whole.status() == 200);
            const auto same = site.ask("GET", target, std::string(fields) + "If-None-Match: *\r\n");
            CHECK(same.status() == 304);
            for (const char* name : {"Cache-Control", "Vary", "Content-Location", "Expires", "X-Frame-Options",
                                     "Access-Control-Allow-Origin", "Access-Control-Expose-Headers"}) {
                INFO(name);
                CHECK(values(same, name) == values(whole, name));
            }
            CHECK(values(same, "ETag").empty() == values(whole, "ETag").empty());
        }
    }
}
