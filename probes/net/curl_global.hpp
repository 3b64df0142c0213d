// What libcurl needs of the process as a whole.
#pragma once

namespace reachd::net {

// Initialises libcurl once; ignores SIGPIPE, which libcurl leaves to us under CURLOPT_NOSIGNAL (a
// write after the peer's reset must be an error, not the end of the daemon); makes LC_CTYPE
// C.UTF-8, as libcurl reads names that are not ASCII in the locale's charset. Called before any
// thread is made.
void prepare_curl();

}  // namespace reachd::net
