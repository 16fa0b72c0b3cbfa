// The system calls that make, replace, link or remove a name below the root; no other file makes them there. A call
// that changes a name which other writes may want demands that the name is held. Called by storage/publication, by
// directory_creation, tree_copy and records for names that they hold, by write_place for directories on the way to a
// target, and for names of the server's own by temporary files, upload states, share links, locks, the sweep of
// leftovers and the disk queue. Each returns an errno, 0 for success.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/fd.h"
#include "storage/held_names.h"

namespace storage {

struct NamingCall;

/// A name that no request can ask for: it begins with ".godwit", or it is that of the state of an upload, of a share
/// link or of a lock, in a directory of such a name. No write looks at such a name before it changes it, so the name
/// need not be held.
struct OwnName {
    int directory;
    std::string_view name;
};
[[nodiscard]] bool is_own_name(std::string_view name);
/// ".godwit-<16 hexadecimal digits>" and ".part", ".upload", ".copy", ".gone" or ".swap": what is not complete yet, or
/// is being removed. Whatever has such a name, in whichever directory, belongs to no client.
[[nodiscard]] bool is_unfinished_name(std::string_view name);
/// The same with one of these suffixes.
[[nodiscard]] bool is_unfinished_name(std::string_view name, std::string_view suffix);
/// A new one with this suffix. No two of this process are the same.
[[nodiscard]] std::string make_unfinished_name(std::string_view suffix);

// Names that other writes may want.

/// Gives a name to the file open as `file`, which has none. EEXIST: something has the name, and it stays.
[[nodiscard]] int link_file(int file, const HeldName& to);
/// Renames. EEXIST: something has the name, and it stays. The old name stays only when this fails.
[[nodiscard]] int rename_to_free(const OwnName& from, const HeldName& to);
/// Renames over what has the name; a directory stays (EISDIR).
[[nodiscard]] int rename_over(const OwnName& from, const HeldName& to);
/// As rename_to_free(), for a name that clients gave. A directory comes with all that is below it; EINVAL: `to` is
/// below `from`.
[[nodiscard]] int move_to_free(const HeldName& from, const HeldName& to);
/// As rename_over(), for a file whose name clients gave.
[[nodiscard]] int move_over(const HeldName& from, const HeldName& to);
/// Each gets the name of the other in one call, whatever they are. EINVAL: the file system cannot do that, or one of
/// the two is in the other.
[[nodiscard]] int exchange(const HeldName& one, const HeldName& other);
/// As exchange(), for a name of the server's own.
[[nodiscard]] int exchange_own(const OwnName& own, const HeldName& other);
/// An empty file, open for appending; none when something has the name (errno says so).
[[nodiscard]] base::Fd create_file(const HeldName& to);
[[nodiscard]] int make_directory(const HeldName& to);
[[nodiscard]] int remove_file(const HeldName& name);
[[nodiscard]] int remove_directory(const HeldName& name);

/// Gives the directory `name` the server's own name `to` beside it, so that no request finds it any more. EEXIST:
/// something has that name.
[[nodiscard]] int hide_directory(const HeldName& name, std::string_view to);

// Within a directory that was hidden. No other write wants a name there.

/// A file, or anything but a directory.
[[nodiscard]] int remove_gone_entry(int directory, const std::string& name);
/// A directory, to the name `to`.
[[nodiscard]] int lift_directory(int directory, const std::string& name, const OwnName& to);

// Directories on the way to a target. Making one replaces nothing, and only an empty one can be removed. Neither can
// undo what another write did, so the names are not held.

/// Without the process's umask.
inline constexpr mode_t kDirectoryMode = 0777;
/// EEXIST: something has the name, perhaps a directory.
[[nodiscard]] int make_directory_above(int directory, const std::string& name, mode_t mode = kDirectoryMode);
int remove_empty_directory(int directory, const std::string& name);

// Names of the server's own; EINVAL for others.

[[nodiscard]] int link_own(int file, const OwnName& to);
/// Into another directory, under the same name.
[[nodiscard]] int move_own(const OwnName& from, int directory);
/// Renames over `to`, in the same directory.
[[nodiscard]] int replace_own(const OwnName& from, std::string_view to);
int remove_own(const OwnName& name);

/// One call of a naming that was planned while the name was held; the naming holds it until it is done.
[[nodiscard]] int make_call(const NamingCall& call);

/// The path by which a file without a name is linked.
[[nodiscard]] std::string path_of_descriptor(int file);

}  // namespace storage
