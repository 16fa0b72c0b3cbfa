// What is said about share links that do not count. Used by the router and by share_uses.
#pragma once

#include "http/framing.h"

namespace site {

/// Said only of the right token, so it tells nothing to those who never had the link.
inline constexpr http::Refusal kLinkIsOver{
    http::Status::gone,
    "this link has ended: its time is over, it was used as often as it may be, or its maker may not "
    "share this any more."};
inline constexpr http::Refusal kNoSuchLink{http::Status::not_found,
                                           "there is no such link: it was revoked, or its address is not whole."};
inline constexpr http::Refusal kMayNotShare = http::missing_right("you may not share this.");
inline constexpr http::Refusal kLinkUnread{http::Status::service_unavailable,
                                           "the server cannot read its share links at the moment."};

}  // namespace site
