// Owners of libcurl's handles.
#pragma once

#include <memory>

#include <curl/curl.h>

namespace reachd::net {

struct EasyCloser {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using CurlEasy = std::unique_ptr<CURL, EasyCloser>;

struct ListCloser {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlList = std::unique_ptr<curl_slist, ListCloser>;

// Appends a copy of `line`; leaves the list as it was if there is no memory.
inline void append(CurlList& list, const char* line) {
  if (curl_slist* const longer = curl_slist_append(list.get(), line)) {
    static_cast<void>(list.release());
    list.reset(longer);
  }
}

}  // namespace reachd::net
