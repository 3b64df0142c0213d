// Entrances for tests of the web server: with a certificate of the test's own authority, with users
// whose hashes are the cheapest there are.
#pragma once

#include <string>

#include "daemon/web/entrance.hpp"
#include "tests/support/pki.hpp"

namespace reachd::test {

// Of bcrypt, with cost 4 unless told otherwise.
std::string hash_of(const std::string& password, int cost = 4);

WebTls tls_of(const Leaf& leaf);

// Throws std::runtime_error with the fault if there is one.
web::Entrance entrance_of(const WebAccess& access);

// "Authorization: Basic …" with its end.
std::string basic(const std::string& user, const std::string& password);

}  // namespace reachd::test
