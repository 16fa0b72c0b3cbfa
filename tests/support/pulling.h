// Pulls a body to its end, block by block, and remembers how that went. Used by the tests of sources.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "http/body.h"

struct Pulling {
    /// What all blocks of `block_bytes` held.
    std::string pull_all(http::BodySource& source, std::size_t block_bytes = 1024) {
        std::vector<std::byte> room(block_bytes);
        std::string text;
        for (pulls = 1;; ++pulls) {
            const auto pulled = source.pull(room);
            text.append(reinterpret_cast<const char*>(room.data()), pulled.bytes);
            ended = pulled.outcome;
            if (pulled.outcome != http::BodySource::Outcome::produced) return text;
        }
    }

    http::BodySource::Outcome ended = http::BodySource::Outcome::produced;  ///< of the last pull
    int pulls = 0;
};
