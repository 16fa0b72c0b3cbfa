// The style and the script of listings.
#include "listings/page_assets.h"

#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/parsed_request.h"

namespace {

Answer ask(std::string_view method, std::string_view path, std::string_view lines = {}) {
    const FakeClock clock;
    listings::PageAssets assets(clock);
    const ParsedRequest request(method, path, lines);
    return take_answer(assets.handle(request.get()), request.get().method);
}

}  // namespace

TEST_CASE("page assets: the style and the script have their types, a tag, and are asked for again",
          "[handlers][page]") {
    const Answer style = ask("GET", "/.godwit/style.css");
    CHECK(style.status == 200);
    CHECK(style.field("Content-Type") == "text/css; charset=utf-8");
    CHECK(style.field("Cache-Control") == "no-cache");
    CHECK(style.field("X-Content-Type-Options") == "nosniff");
    CHECK(style.body == listings::page_style.text);
    CHECK(style.body.find("prefers-color-scheme: dark") != std::string::npos);
    const Answer script = ask("GET", "/.godwit/upload.js");
    CHECK(script.field("Content-Type") == "text/javascript; charset=utf-8");
    CHECK(script.body.starts_with("//"));
    CHECK(script.field("ETag") != style.field("ETag"));
    CHECK(script.field("ETag").size() == 18);
    const Answer filter = ask("GET", "/.godwit/filter.js");
    CHECK(filter.field("Content-Type") == "text/javascript; charset=utf-8");
    CHECK(filter.body == listings::page_filter.text);
    CHECK(filter.field("ETag") != script.field("ETag"));
    // Joined in order: what is used is declared before.
    CHECK(script.body.find("function request(") < script.body.find("class Transfer"));
    CHECK(script.body.find("class Transfer") < script.body.find("function takeFiles"));
}

TEST_CASE("page assets: a client that has the version gets 304, HEAD the same fields", "[handlers][page]") {
    const std::string tag = ask("GET", "/.godwit/style.css").field("ETag");
    const Answer known = ask("GET", "/.godwit/style.css", "If-None-Match: " + tag + "\r\n");
    CHECK(known.status == 304);
    CHECK(known.field("ETag") == tag);
    CHECK(known.field("Cache-Control") == "no-cache");
    CHECK(known.body.empty());
    CHECK(ask("GET", "/.godwit/style.css", "If-None-Match: \"other\"\r\n").status == 200);
    CHECK(ask("GET", "/.godwit/style.css", "If-Match: \"other\"\r\n").status == 412);
    const Answer head = ask("HEAD", "/.godwit/style.css");
    CHECK(head.lines == ask("GET", "/.godwit/style.css").lines);
    CHECK(head.length == listings::page_style.text.size());
}

TEST_CASE("page assets: owns three paths", "[handlers][page]") {
    CHECK(listings::PageAssets::owns("/.godwit/style.css"));
    CHECK(listings::PageAssets::owns("/.godwit/upload.js"));
    CHECK(listings::PageAssets::owns("/.godwit/filter.js"));
    CHECK_FALSE(listings::PageAssets::owns("/.godwit/"));
    CHECK_FALSE(listings::PageAssets::owns("/.godwit/uploads/x"));
}

TEST_CASE("page assets: they are found below /files/ too, where pages address them relatively", "[listing]") {
    CHECK(ask("GET", "/files/.godwit/style.css").field("Content-Type") == "text/css; charset=utf-8");
    CHECK(ask("GET", "/files/.godwit/upload.js").field("Content-Type") == "text/javascript; charset=utf-8");
}
