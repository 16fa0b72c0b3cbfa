// PROPPATCH through the site, and what becomes of properties.
#include "dav/property_changes.h"

#include <fcntl.h>

#include "dav/xml_reader.h"
#include "storage/property_text.h"
#include "support/catch.h"
#include "support/granting.h"
#include "support/write_answers.h"

using support::Answer;
using support::AnsweringSite;

namespace {

struct Site : AnsweringSite {
    explicit Site(site::SiteConfig config = all_allowed()) : AnsweringSite(speaking(std::move(config))) {
        directory.write("f", "x");
    }

    static site::SiteConfig speaking(site::SiteConfig config) {
        config.speaks_dav = true;
        return config;
    }
    /// False on a file system that keeps no properties, or in a build that reads none.
    [[nodiscard]] bool keeps_any() const {
        const base::Fd file(::open((directory.path() + "/f").c_str(), O_RDONLY | O_CLOEXEC));
        return dav::has_xml_reader() && storage::write_property_text(file.get(), "") == 0;
    }
    Answer patch(std::string_view target, std::string_view inside, std::string_view fields = {}) {
        return upload("PROPPATCH", target,
                      "<D:propertyupdate xmlns:D='DAV:' xmlns='urn:x'>" + std::string(inside) + "</D:propertyupdate>",
                      fields);
    }
    Answer set(std::string_view target, std::string_view property) {
        return patch(target, "<D:set><D:prop>" + std::string(property) + "</D:prop></D:set>");
    }
    /// What `name` is at `target`, as PROPFIND tells; empty: nothing.
    std::string value(std::string_view target, const std::string& name) {
        const Answer found =
            upload("PROPFIND", target, "<propfind xmlns='DAV:'><prop><" + name + " xmlns='urn:x'/></prop></propfind>",
                   "Depth: 0\r\n");
        const std::string text = found.body();
        const std::string begin = "<n:" + name + " xmlns:n=\"urn:x\">";
        const std::size_t at = text.find(begin);
        if (at == std::string::npos) return {};
        return text.substr(at + begin.size(), text.find("</n:" + name, at) - at - begin.size());
    }
};

bool has(const Answer& answer, std::string_view part) { return answer.body().find(part) != std::string::npos; }

}  // namespace

TEST_CASE("property changes: set, found again, replaced and removed", "[dav]") {
    Site site;
    if (!site.keeps_any()) return;
    const Answer answer = site.set("/f", "<a>1 &amp; <b/></a><c/>");
    CHECK(answer.status() == 207);
    CHECK(has(answer, "HTTP/1.1 200 OK"));
    REQUIRE(answer.changes.size() == 1);
    CHECK(answer.changes[0].action == http::Change::Action::set_properties);
    CHECK(answer.changes[0].path == "/f");
    CHECK(site.value("/f", "a") == "1 &amp; <n:b xmlns:n=\"urn:x\"></n:b>");
    CHECK(has(site.ask("PROPFIND", "/f", "Depth: 0\r\n"), "<n:a xmlns:n=\"urn:x\">1 &amp; "));
    site.patch("/f", "<D:set><D:prop><a>2</a></D:prop></D:set><D:remove><D:prop><c/></D:prop></D:remove>");
    CHECK(site.value("/f", "a") == "2");
    CHECK_FALSE(has(site.ask("PROPFIND", "/f", "Depth: 0\r\n"), "n:c"));
}

TEST_CASE("property changes: what one of them cannot be, none is", "[dav]") {
    Site site;
    if (!site.keeps_any()) return;
    const Answer live = site.set("/f", "<a>1</a><D:getetag>x</D:getetag>");
    CHECK(live.status() == 207);
    CHECK(has(live, "HTTP/1.1 403"));
    CHECK(has(live, "HTTP/1.1 424"));
    CHECK(site.value("/f", "a").empty());
    CHECK(live.changes.empty());
    const Answer large = site.set("/f", "<a>" + std::string(20'000, 'x') + "</a>");
    CHECK(large.status() == 207);
    CHECK(has(large, "HTTP/1.1 507"));
    CHECK(site.value("/f", "a").empty());
}

TEST_CASE("property changes: they go with the file", "[dav]") {
    Site site;
    if (!site.keeps_any()) return;
    site.directory.make_directory("d");
    site.set("/f", "<a>1</a>");
    site.set("/d/", "<a>folder</a>");
    CHECK(site.ask("MOVE", "/f", "Destination: /d/g\r\n").status() == 201);
    CHECK(site.value("/d/g", "a") == "1");
    CHECK(site.ask("COPY", "/d/g", "Destination: /h\r\n").status() == 201);
    CHECK(site.value("/h", "a") == "1");
    CHECK(site.put("/h", "new").status() == 204);
    CHECK(site.value("/h", "a") == "1");
    site.set("/h", "<a>2</a>");
    site.put("/plain", "x");
    CHECK(site.ask("COPY", "/plain", "Destination: /h\r\n").status() == 204);
    CHECK(site.value("/h", "a").empty());
    CHECK(site.ask("COPY", "/d/", "Destination: /e/\r\n").status() == 201);
    CHECK(site.value("/e/", "a") == "folder");
    CHECK(site.value("/e/g", "a") == "1");
}

TEST_CASE("property changes: one waits for the upload that is about to take the name, and is not lost", "[dav]") {
    Site site;
    if (!site.keeps_any()) return;
    auto owned = std::make_unique<support::StubbornDiskQueue>();
    support::StubbornDiskQueue& disk = *owned;
    disk.names_in_background = true;
    site.disk = std::move(owned);
    site.start();
    const std::string change =
        "<D:propertyupdate xmlns:D='DAV:'><D:set><D:prop><a xmlns='urn:x'>1</a></D:prop></D:set>"
        "</D:propertyupdate>";
    const auto begin = [&](std::string_view method, std::string_view body) {
        const support::ParsedRequest request(
            support::head(method, "/f", "Content-Length: " + std::to_string(body.size()) + "\r\n"));
        auto decision = site.site->handle(*request);
        auto& sink = std::get<std::unique_ptr<http::BodySink>>(decision);
        REQUIRE(sink->write(support::bytes(body)).has_value());
        return sink->finish({});
    };
    const auto upload = begin("PUT", "new");
    CHECK_FALSE(upload->advance(1).has_value());
    disk.finish_syncs();
    CHECK_FALSE(upload->advance(1).has_value());
    REQUIRE(disk.seen.back() == support::StubbornDiskQueue::Kind::name);
    const auto patch = begin("PROPPATCH", change);
    CHECK_FALSE(patch->advance(2).has_value());
    CHECK(disk.seen.back() == support::StubbornDiskQueue::Kind::name);
    const auto end = [&disk](http::PendingResponse& pending, http::Wake wake) {
        std::optional<http::Response> response = pending.advance(wake);
        for (int i = 0; i < 3 && !response; ++i) {
            disk.finish_all();
            response = pending.advance(wake);
        }
        REQUIRE(response.has_value());
        return response->status;
    };
    CHECK(end(*upload, 1) == http::Status::no_content);
    CHECK(end(*patch, 2) == http::Status::multi_status);
    disk.finish_all();
    CHECK(site.directory.read("f") == "new");
    CHECK(site.value("/f", "a") == "1");
}

TEST_CASE("property changes: rights, links, conditions and bodies", "[dav]") {
    Site site(support::granting({"/ * read list create replace", "/kept * read"}));
    if (!site.keeps_any()) return;
    site.directory.make_directory("kept");
    site.directory.write("kept/f", "x");
    CHECK(site.set("/kept/f", "<a/>").status() == 403);
    CHECK(site.set("/kept", "<a/>").status() == 403);
    CHECK(site.set("/none", "<a/>").status() == 404);
    CHECK(site.set("/.godwit/", "<a/>").status() == 404);
    CHECK(site.ask("PROPPATCH", "/f").status() == 400);
    CHECK(site.upload("PROPPATCH", "/f", "<a/>").status() == 400);
    CHECK(site.patch("/f", "<D:set><D:prop><a/></D:prop></D:set>", "If-Match: \"none\"\r\n").status() == 412);
    Site linked;
    REQUIRE(::symlink("f", (linked.directory.path() + "/l").c_str()) == 0);
    CHECK(linked.set("/l", "<a/>").status() == 403);
}
