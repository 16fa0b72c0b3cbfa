// Which types are compressed, and from which size on.
#include "media/compression_policy.h"

#include "media/media_type.h"
#include "support/catch.h"

namespace {

/// Of the built-in types.
std::string_view media_type_of(std::string_view path) { return media::MediaTypes::built_in()->type_of(path); }

}  // namespace

TEST_CASE("compression policy: text shrinks, pictures and archives do not", "[content][compression]") {
    for (const auto path : {"/a.html", "/a.css", "/a.js", "/a.json", "/a.svg", "/a.xml", "/a.wasm", "/a.atom"}) {
        CHECK(media::is_compressible(media_type_of(path)));
        CHECK_FALSE(media::is_compressed(media_type_of(path)));
    }
    for (const auto path : {"/a.png", "/a.mp4", "/a.zip", "/a.gz", "/a.woff2", "/a.docx", "/a.mp3"}) {
        CHECK_FALSE(media::is_compressible(media_type_of(path)));
        CHECK(media::is_compressed(media_type_of(path)));
    }
    // Neither: not compressed on the fly, but a sidecar is worth a look.
    CHECK_FALSE(media::is_compressible(media_type_of("/a.tar")));
    CHECK_FALSE(media::is_compressed(media_type_of("/a.tar")));
}

TEST_CASE("compression policy: not below its minimum, never at level 0", "[content][compression]") {
    media::CompressionPolicy policy;
    CHECK_FALSE(policy.compresses("text/plain", 255));
    CHECK(policy.compresses("text/plain", 256));
    policy.level = 0;
    CHECK_FALSE(policy.compresses("text/plain", 10'000));
}
