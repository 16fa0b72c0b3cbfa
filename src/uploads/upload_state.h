// What is kept on disk of one resumable upload besides its bytes: a small text file in ".godwit" below the root. It is
// written whole at the upload's creation; later only lines are added, and the last line of a name counts, so that a
// crash never leaves a torn state. Called by UploadStore. Parsing and writing only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/field_list.h"
#include "storage/on_conflict.h"

namespace uploads {

/// The directory of the states, in the root. Its contents are never served, because its name begins with a dot.
inline constexpr const char* kUploadDirectory = ".godwit";
/// A state file is never longer than this.
inline constexpr std::size_t kMaxStateBytes = 256 * 1024;
/// When so many bytes of lines were added (some 250 lines), a state is written anew, without the lines that do not
/// count. It is read whole at the end of its upload and at the start of the server, so it must not grow long.
inline constexpr std::size_t kMaxAddedBytes = 4096;

/// Hexadecimal digits of an upload's number, which names its files, and of its secret.
inline constexpr std::size_t kUploadNumberDigits = 16;
inline constexpr std::size_t kUploadSecretDigits = 32;

/// ".godwit-<16 hexadecimal digits>.upload": the bytes, in the directory of the file to be.
[[nodiscard]] std::string partial_name(std::uint64_t number);
/// "<16 hexadecimal digits>.upload", in kUploadDirectory.
[[nodiscard]] std::string state_name(std::uint64_t number);
/// ".godwit-<16 hexadecimal digits>.state": a state that is written anew, beside the one that it replaces.
[[nodiscard]] std::string rewritten_state_name(std::uint64_t number);
[[nodiscard]] bool is_rewritten_state_name(std::string_view name);
/// The number in a name that partial_name() or state_name() gave.
[[nodiscard]] std::optional<std::uint64_t> parse_partial_name(std::string_view name);
[[nodiscard]] std::optional<std::uint64_t> parse_state_name(std::string_view name);
/// 16 digits, lower case.
[[nodiscard]] std::string hexadecimal(std::uint64_t number);
[[nodiscard]] std::optional<std::uint64_t> parse_hexadecimal(std::string_view digits);

struct UploadState {
    std::string secret;     ///< what a client must know, 32 hexadecimal digits
    std::string user;       ///< who signed in with the creating request; empty: nobody
    std::string link;       ///< the token of the share link that it was begun by; empty: none
    std::string method;     ///< of the creating request
    std::string target;     ///< path of the file that it becomes, decoded
    std::string location;   ///< what the answer's Location says, decoded; a directory's ends with '/'
    std::string directory;  ///< path of the directory that holds the bytes, decoded
    /// That directory's number in its file system: it differs while the file system is not mounted.
    std::optional<std::uint64_t> directory_number;
    http::FieldList fields;  ///< preconditions, digests and the time of the creating request
    std::string boot;        ///< the boot of the machine in which bytes beyond `synced` were written
    storage::OnConflict on_conflict = storage::OnConflict::replace;
    std::optional<std::uint64_t> length;  ///< of the whole, once known
    std::uint64_t synced = 0;             ///< bytes that are certainly on disk
    /// The inode number of the file, noted when it was about to get its name.
    std::optional<std::uint64_t> publishing;
    bool complete = false;  ///< the file has its name, and the bytes are in it
};

/// Where the bytes are. It stands at the beginning of a state and is never added to.
struct UploadPlace {
    std::string directory;                          ///< as in UploadState
    std::optional<std::uint64_t> directory_number;  ///< as in UploadState
};
/// So much of a state's beginning holds the place, but for paths of extreme length.
inline constexpr std::size_t kStateBeginBytes = 4096;

/// The text of a state with each line once.
[[nodiscard]] std::string write_upload_state(const UploadState& state);
/// nullopt: damaged, or of another version.
[[nodiscard]] std::optional<UploadState> parse_upload_state(std::string_view text);

/// `begin`: the first part of a state. nullopt: it is no state, or the place does not end in it.
[[nodiscard]] std::optional<UploadPlace> parse_upload_place(std::string_view begin);

/// Lines to add.
[[nodiscard]] std::string synced_line(std::uint64_t bytes);
[[nodiscard]] std::string length_line(std::uint64_t bytes);
[[nodiscard]] std::string boot_line(std::string_view boot);
[[nodiscard]] std::string publishing_line(std::uint64_t file_number);
[[nodiscard]] std::string complete_line();

}  // namespace uploads
