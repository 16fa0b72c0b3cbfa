// A file in PEM form, as tests of tls/ open it.
#pragma once

#include <fcntl.h>

#include <cerrno>
#include <string>
#include <utility>

#include "tls/pem_file.h"

namespace support {

inline tls::PemFile open_pem(const std::string& path) {
    base::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return {path, std::unexpected(errno)};
    return {path, std::move(file)};
}

}  // namespace support
