// Types by extension, and what is compressed of them.
#include "content/media_type.h"

#include "content/compression_policy.h"
#include "support/catch.h"

using content::media_type_of;

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

TEST_CASE("compression policy: text shrinks, pictures and archives do not", "[content][compression]") {
    for (const auto path : {"/a.html", "/a.css", "/a.js", "/a.json", "/a.svg", "/a.xml", "/a.wasm", "/a.atom"}) {
        CHECK(content::is_compressible(media_type_of(path)));
        CHECK_FALSE(content::is_compressed(media_type_of(path)));
    }
    for (const auto path : {"/a.png", "/a.mp4", "/a.zip", "/a.gz", "/a.woff2", "/a.docx", "/a.mp3"}) {
        CHECK_FALSE(content::is_compressible(media_type_of(path)));
        CHECK(content::is_compressed(media_type_of(path)));
    }
    // Neither: not compressed on the fly, but a sidecar is worth a look.
    CHECK_FALSE(content::is_compressible(media_type_of("/a.tar")));
    CHECK_FALSE(content::is_compressed(media_type_of("/a.tar")));
}

TEST_CASE("compression policy: not below its minimum, never at level 0", "[content][compression]") {
    content::CompressionPolicy policy;
    CHECK_FALSE(policy.compresses("text/plain", 255));
    CHECK(policy.compresses("text/plain", 256));
    policy.level = 0;
    CHECK_FALSE(policy.compresses("text/plain", 10'000));
}
