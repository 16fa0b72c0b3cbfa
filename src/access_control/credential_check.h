// Whether credentials are right, by the users of now. Called by the verifier process, which has the time for it.
#pragma once

#include "access_control/credentials.h"
#include "access_control/keyed_hash.h"
#include "access_control/users_file.h"
#include "access_control/verifier.h"

namespace access_control {

/// A password costs one check of a hash, whether its name is known or not: for a name without a password the hash of
/// another user is checked, always the same one for one name (chosen by `key`), so that neither the time nor its spread
/// tells names apart. Never `failed`.
[[nodiscard]] Verdict check_credentials(const Users& users, const Credentials& credentials, const HashKey& key);

}  // namespace access_control
