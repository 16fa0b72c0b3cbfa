// A build without OpenSSL: the options have refused https addresses before this is asked.
#include "app/encryption.h"

namespace app {

bool has_encryption() { return false; }

std::string_view encryption_library() { return {}; }

std::expected<std::unique_ptr<Encryption>, std::string> Encryption::make(const Options& options,
                                                                         const base::Clock& clock) {
    (void)clock;
    if (!options.uses_tls()) return nullptr;
    return std::unexpected(std::string("this build has no TLS"));
}

}  // namespace app
