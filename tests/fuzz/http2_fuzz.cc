// Clients of HTTP/2 that do anything at any time: no exchange is lost or left, and every connection comes to its end.
#include "fuzz/fuzz_target.h"
#include "support/http2_script.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string broken = support::Http2Script(fuzz::text_of(bytes, size)).run();
    fuzz::require(broken.empty(), broken.c_str());
    return 0;
}
