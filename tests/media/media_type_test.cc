// Types by extension.
#include "media/media_type.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "media/media_type_table.h"
#include "support/catch.h"

namespace {

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), base::to_lower);
    return lower;
}

/// Where the built-in table goes another way than Debian's list of the registry, and why.
struct Difference {
    std::string_view extension;
    std::string_view why;
};
constexpr auto kDifferences = std::to_array<Difference>({
    {"bat", "source: shown"},
    {"c", "source: shown"},
    {"c++", "source: shown"},
    {"cc", "source: shown"},
    {"cpp", "source: shown"},
    {"csh", "source: shown"},
    {"cxx", "source: shown"},
    {"dart", "source: shown"},
    {"diff", "source: shown"},
    {"h", "source: shown"},
    {"hh", "source: shown"},
    {"hpp", "source: shown"},
    {"hs", "source: shown"},
    {"hxx", "source: shown"},
    {"java", "source: shown"},
    {"mid", "audio/sp-midi is for scalable polyphony; players take audio/midi"},
    {"nim", "source, more common than Nokia's video"},
    {"org", "Emacs's outlines, more common than Lotus Organizer's files"},
    {"patch", "source: shown"},
    {"pl", "source: shown"},
    {"pm", "source: shown"},
    {"py", "source: shown"},
    {"rb", "source: shown"},
    {"rpm", "neither is registered"},
    {"rs", "source in Rust, more common than resource lists"},
    {"rss", "neither is registered; this is what feeds are sent as"},
    {"rst", "text: shown"},
    {"scala", "source: shown"},
    {"sh", "source: shown"},
    {"sql", "source: shown"},
    {"svgz", "the bytes are gzip's, and no Content-Encoding says so"},
    {"tcl", "source: shown"},
    {"tex", "source: shown"},
    {"tgz", "the bytes are gzip's"},
    {"ts", "segments of HTTP Live Streaming"},
    {"toml", "text: shown"},
    {"wav", "neither is registered; this is the WHATWG's name"},
    {"yaml", "text: shown"},
    {"yml", "text: shown"},
});

bool is_a_difference(std::string_view extension) {
    return std::ranges::find(kDifferences, extension, &Difference::extension) != kDifferences.end();
}

/// Of the built-in types.
std::string_view media_type_of(std::string_view path) { return media::MediaTypes::built_in()->type_of(path); }
bool has_known_extension(std::string_view path) { return media::MediaTypes::built_in()->knows_extension_of(path); }

}  // namespace

TEST_CASE("media type: by the last extension, in any case", "[content][media_type]") {
    CHECK(media_type_of("/a/index.html") == "text/html; charset=utf-8");
    CHECK(media_type_of("/A.HTML") == "text/html; charset=utf-8");
    CHECK(media_type_of("/a.tar.gz") == "application/gzip");
    CHECK(media_type_of("/x.7z") == "application/x-7z-compressed");
    CHECK(media_type_of("/x.zst") == "application/zstd");
    CHECK(media_type_of("/x.mjs") == "text/javascript; charset=utf-8");
}

TEST_CASE("media type: unknown is octets", "[content][media_type]") {
    for (const auto path :
         {"/a", "/a.", "/.html", "/a.html/b", "/a.unknown", "/a.averyveryverylongextension", "/", ""}) {
        CHECK(media_type_of(path) == "application/octet-stream");
    }
}

TEST_CASE("media type: at least 150 extensions, and what the web is made of", "[content][media_type]") {
    CHECK(media::built_in_media_types().size() >= 150);
    struct Case {
        const char* name;
        const char* type;
    };
    for (const Case& one : {Case{"a.css", "text/css; charset=utf-8"},
                            {"a.js", "text/javascript; charset=utf-8"},
                            {"a.json", "application/json"},
                            {"a.svg", "image/svg+xml"},
                            {"a.png", "image/png"},
                            {"a.webp", "image/webp"},
                            {"a.avif", "image/avif"},
                            {"favicon.ico", "image/vnd.microsoft.icon"},
                            {"a.woff2", "font/woff2"},
                            {"a.wasm", "application/wasm"},
                            {"a.webmanifest", "application/manifest+json"},
                            {"feed.atom", "application/atom+xml; charset=utf-8"},
                            {"sitemap.xml", "application/xml"},
                            {"robots.txt", "text/plain; charset=utf-8"},
                            {"a.mp4", "video/mp4"},
                            {"a.vtt", "text/vtt; charset=utf-8"},
                            {"a.pdf", "application/pdf"}}) {
        CAPTURE(one.name);
        CHECK(media_type_of(one.name) == one.type);
    }
}

TEST_CASE("media type: every built-in one is well formed, and text says its charset", "[content][media_type]") {
    for (const media::ExtensionType& type : media::built_in_media_types()) {
        CAPTURE(type.extension, type.media_type);
        const std::string_view essence = type.media_type.substr(0, type.media_type.find(';'));
        CHECK(std::ranges::count(essence, '/') == 1);
        CHECK(lower_case(type.extension) == type.extension);
        if (essence.starts_with("text/")) CHECK(type.media_type.ends_with("; charset=utf-8"));
    }
}

TEST_CASE("media type: the built-in ones agree with the system's list, named differences apart",
          "[content][media_type]") {
    std::ifstream file("/etc/mime.types");
    if (!file) return;  // a system without it
    std::map<std::string, std::vector<std::string>> listed;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line.substr(0, line.find('#')));
        std::string type;
        words >> type;
        for (std::string extension; words >> extension;) listed[extension].push_back(lower_case(type));
    }
    if (listed.size() < 500) return;  // somebody's own
    std::size_t compared = 0;
    for (const media::ExtensionType& type : media::built_in_media_types()) {
        const auto found = listed.find(std::string(type.extension));
        if (found == listed.end()) continue;
        ++compared;
        const std::string essence = lower_case(type.media_type.substr(0, type.media_type.find(';')));
        CAPTURE(type.extension, essence, found->second.front());
        CHECK((std::ranges::count(found->second, essence) > 0 || is_a_difference(type.extension)));
    }
    CHECK(compared >= 150);
}

TEST_CASE("media type: a name that is no file's has no known extension", "[content][media_type]") {
    CHECK(has_known_extension("/app/main.js"));
    for (const auto path : {"/app", "/user/john.doe", "/v1.2", "/a.js/b", "/", "/.js"}) {
        CAPTURE(path);
        CHECK_FALSE(has_known_extension(path));
    }
}

TEST_CASE("media type: a coded name has the type of what the file holds, and its coding", "[media]") {
    const media::MediaTypes types({}, {{".js.gz", "js", "gzip"}});
    const auto script = types.describe("/assets/App.JS.GZ");
    CHECK(script.media_type == "text/javascript; charset=utf-8");
    CHECK(script.coding == "gzip");
    const auto picture = media::MediaTypes::built_in()->describe("/a.svgz");
    CHECK(picture.media_type == "image/svg+xml");
    CHECK(picture.coding == "gzip");
    CHECK(types.describe("/a.css.gz").coding.empty());
    CHECK(types.describe("/.js.gz").coding.empty());
    CHECK(media_type_of("/a.svgz") == "image/svg+xml");
}

TEST_CASE("media type: an unknown extension and .ts are not certain", "[media]") {
    const auto types = media::MediaTypes::built_in();
    CHECK(types->describe("/a.html").is_certain);
    for (const auto name : {"/README", "/Makefile", "/a.unheard", "/a.ts", "/a.mts"}) {
        CAPTURE(name);
        CHECK_FALSE(types->describe(name).is_certain);
    }
}
