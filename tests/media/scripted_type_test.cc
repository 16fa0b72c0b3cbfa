// Which media types can bring scripts.
#include "media/scripted_type.h"

#include "media/media_type.h"
#include "support/catch.h"

TEST_CASE("scripted type: HTML, SVG and XML can bring scripts", "[media]") {
    for (const char* const type :
         {"text/html", "text/html; charset=utf-8", "TEXT/HTML;charset=x", "application/xhtml+xml", "image/svg+xml",
          "text/xml", "application/xml", "application/atom+xml", "application/xslt+xml", "text/xsl",
          "multipart/x-mixed-replace; boundary=a", "message/rfc822", " text/html "}) {
        CAPTURE(type);
        CHECK(media::may_run_scripts(type));
    }
}

TEST_CASE("scripted type: what browsers show or keep without running it cannot", "[media]") {
    for (const char* const type :
         {"text/plain; charset=utf-8", "image/png", "application/pdf", "text/css", "text/javascript",
          "application/json", "application/octet-stream", "video/mp4", "text/htmlx", "application/xmlx", ""}) {
        CAPTURE(type);
        CHECK_FALSE(media::may_run_scripts(type));
    }
}

TEST_CASE("scripted type: the names of pages have such types", "[media]") {
    for (const char* const name :
         {"a.html", "a.htm", "a.xhtml", "a.svg", "a.svgz", "a.xml", "a.xsl", "a.rss", "a.HTML"}) {
        CAPTURE(name);
        CHECK(media::may_run_scripts(media::MediaTypes::built_in()->type_of(name)));
    }
}
