// Files in the format of /etc/mime.types.
#include "media/media_type_file.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>

#include "media/media_type.h"
#include "support/catch.h"

namespace {

media::MediaTypes configured(std::string_view text) {
    auto types = media::parse_media_types(text);
    REQUIRE(types);
    return media::MediaTypes(std::move(*types));
}

std::string refused(std::string_view text) {
    const auto types = media::parse_media_types(text);
    REQUIRE_FALSE(types);
    return types.error();
}

}  // namespace

TEST_CASE("media type file: configured ones win, the built-in ones stay", "[content][media_type]") {
    const media::MediaTypes types =
        configured("# ours\napplication/x-ours\tjs  OURS\n\n  text/x-mine mine # a comment\r\nimage/png\n");
    CHECK(types.type_of("/a.js") == "application/x-ours");
    CHECK(types.type_of("/a.Ours") == "application/x-ours");
    CHECK(types.type_of("/a.mine") == "text/x-mine; charset=utf-8");
    CHECK(types.type_of("/a.png") == "image/png");
    CHECK(types.type_of("/a.css") == "text/css; charset=utf-8");
    CHECK(types.knows_extension_of("/a.mine"));
}

TEST_CASE("media type file: of an extension that comes twice the later line holds", "[content][media_type]") {
    const media::MediaTypes types = configured("a/first x y\na/second x\na/third z");
    CHECK(types.type_of("/a.x") == "a/second");
    CHECK(types.type_of("/a.y") == "a/first");
    CHECK(types.type_of("/a.z") == "a/third");
}

TEST_CASE("media type file: a malformed line is named with what is right", "[content][media_type]") {
    CHECK(refused("text/html html\n\nhtml text/html\n") ==
          "line 3: \"html\" is no media type: a line is a type and its extensions, as in \"text/html html htm\"");
    CHECK(refused("text/ html").starts_with("line 1: \"text/\" is no media type"));
    CHECK(refused("a/b/c html").starts_with("line 1: \"a/b/c\" is no media type"));
    CHECK(refused("text/html; charset=x html").starts_with("line 1: \"text/html;\" is no media type"));
    CHECK(refused("text/html .html").starts_with("line 1: \".html\" is no extension: it is written without a dot"));
    CHECK(refused("text/html a/b").starts_with("line 1: \"a/b\" is no extension"));
    CHECK(refused("text/html " + std::string(33, 'x')).find("is no extension") != std::string::npos);
    CHECK(refused("a\x1b[31m x").starts_with("line 1: \"a?[31m\" is no media type"));
    CHECK(refused(std::string(100, 'x')).find("xxx...\"") != std::string::npos);
}

TEST_CASE("media type file: the system's whole list is taken", "[content][media_type]") {
    if (!std::ifstream("/etc/mime.types")) return;
    const auto types = media::read_media_types("/etc/mime.types");
    INFO((types ? std::string() : types.error()));
    REQUIRE(types);
    CHECK(std::ranges::is_sorted(*types, {}, &media::FileMediaType::extension));
    CHECK(std::ranges::adjacent_find(*types, {}, &media::FileMediaType::extension) == types->end());
}

TEST_CASE("media type file: a file that cannot be read is named", "[content][media_type]") {
    CHECK(media::read_media_types("/no/such/file").error() ==
          "cannot read the media types in /no/such/file: No such file or directory");
    CHECK(media::read_media_types("/").error().find("not a regular file") != std::string::npos);
}
