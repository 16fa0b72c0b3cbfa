// Method names, found by length first: most requests are decided by one comparison of three bytes.
#include "http/method.h"

#include <array>

namespace http {

namespace {

constexpr std::array<std::string_view, 17> kNames{"GET",   "HEAD",   "POST",  "PUT",     "DELETE",   "OPTIONS",
                                                  "PATCH", "MKCOL",  "COPY",  "MOVE",    "PROPFIND", "PROPPATCH",
                                                  "LOCK",  "UNLOCK", "TRACE", "CONNECT", "?"};

Method match(std::string_view name, Method candidate) {
    return name == method_name(candidate) ? candidate : Method::unknown;
}

}  // namespace

Method parse_method(std::string_view name) {
    switch (name.size()) {
        case 3: return name[0] == 'G' ? match(name, Method::get) : match(name, Method::put);
        case 4:
            if (name[0] == 'H') return match(name, Method::head);
            if (name[0] == 'P') return match(name, Method::post);
            if (name[0] == 'L') return match(name, Method::lock);
            return name[0] == 'C' ? match(name, Method::copy) : match(name, Method::move);
        case 5:
            if (name[0] == 'P') return match(name, Method::patch);
            return name[0] == 'M' ? match(name, Method::mkcol) : match(name, Method::trace);
        case 6: return name[0] == 'D' ? match(name, Method::del) : match(name, Method::unlock);
        case 7: return name[0] == 'O' ? match(name, Method::options) : match(name, Method::connect);
        case 8: return match(name, Method::propfind);
        case 9: return match(name, Method::proppatch);
        default: return Method::unknown;
    }
}

std::string_view method_name(Method method) { return kNames[static_cast<std::size_t>(method)]; }

}  // namespace http
