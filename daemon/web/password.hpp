// Passwords against their hashes, by crypt(3). Costs up to a second of a processor, which is its
// purpose: never to be called on a loop.
#pragma once

#include <string>

namespace reachd::web {

// Whether `hash` is the password's. Takes as long for a wrong password as for the right one. A
// password beyond crypt(3)'s 511 bytes is none; bcrypt itself looks at the first 72.
bool matches(const std::string& password, const std::string& hash);

}  // namespace reachd::web
