// Forms with files (multipart/form-data, RFC 7578) posted to a directory. The files stream into temporary files one
// after the other; when the form is whole they are committed, a few at a time, and the answer says what became of each.
// A form that is refused or cut off stores nothing. Called by Uploads.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "handler/body_digests.h"
#include "handler/write_rules.h"
#include "http/body.h"
#include "http/client_shares.h"
#include "http/request.h"
#include "storage/file_sink.h"
#include "uploads/unfinished_bytes.h"

namespace uploads {

/// Parts of one form, fields and files together: a folder of photos fits. Each file costs some memory until the answer.
inline constexpr std::size_t kMaxFormParts = 1000;
/// The most bytes of a field that is no file. Fields are not kept; a client that forgot the file's name gets a refusal.
inline constexpr std::size_t kMaxFormFieldBytes = std::size_t{64} * 1024;
/// How many files one call opens, closes or begins to commit: each takes some ten microseconds.
inline constexpr std::size_t kFormFilesPerSlice = 8;
/// One call ends after this time, and handles at least one file: ext4 needs more than a millisecond to create a file in
/// a directory from which many were just removed.
inline constexpr std::chrono::microseconds kFormSlice{500};
/// How many files are committed at once. Each holds two descriptors; together they keep the disk busy.
inline constexpr std::size_t kFormCommitsAtOnce = 8;

/// What counts a form for its client, until it is answered.
struct FormShare {
    http::ClientShares::Share form;
    UnfinishedBytes& unfinished;  ///< outlives the form
    UnfinishedBytes::Share held;
};

/// Takes the body of `request`, a POST to the directory `directory` below the root (which ends in a slash and is not
/// hidden; the request's own path may have a prefix). `boundary`: of its Content-Type. `modified_s`: the time
/// of its files, in seconds since 1970, where the request states one. `parts` and `config` outlive it.
[[nodiscard]] std::unique_ptr<http::BodySink> make_form_sink(const storage::WriteParts& parts,
                                                             const handler::WriteRules& config,
                                                             const http::Request& request, std::string_view directory,
                                                             std::string_view boundary, handler::BodyDigests digests,
                                                             std::optional<std::int64_t> modified_s, FormShare share);

}  // namespace uploads
