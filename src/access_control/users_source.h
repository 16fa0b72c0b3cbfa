// The users file on the disk: read whole, refused when others can read it, and read again when it changed. Used by the
// verifier process, and at the start for the sentence about what is wrong.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "access_control/users_file.h"
#include "base/file_stamp.h"

namespace access_control {

/// The text of an open users file; the error is a sentence about `subject`.
[[nodiscard]] std::expected<std::string, std::string> read_users_text(int file, const std::string& subject);
/// The error is a sentence that names the file, and the line or the command that mends it.
[[nodiscard]] std::expected<Users, std::string> read_users(const std::string& path);

class UsersSource {
public:
    /// `path` is absolute when the working directory may change.
    explicit UsersSource(std::string path) : path_(std::move(path)) {}

    enum class Look : std::uint8_t {
        unchanged,
        replaced,  ///< users() are others now
        faulty,    ///< the file changed and could not be taken; users() are those of before
    };
    /// Two system calls when nothing changed. The first look reads the file.
    Look look();
    [[nodiscard]] const Users& users() const { return users_; }
    /// Of the last look that was faulty.
    [[nodiscard]] const std::string& fault() const { return fault_; }

private:
    std::string path_;
    std::optional<base::FileStamp> seen_;  ///< a change of its rights is one, too
    Users users_;
    std::string fault_;
};

}  // namespace access_control
