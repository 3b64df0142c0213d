#include "probes/judge/fingerprints.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <regex>

#include "config/ascii.hpp"
#include "config/pattern.hpp"
#include "probes/judge/gram_index.hpp"

namespace reachd {
namespace {

using How = Fingerprint::How;
using Where = Fingerprint::Where;

// The longest run of plain bytes that a match must hold.
std::string literal_in(const std::string& regexp) {
  constexpr std::string_view kSpecial = ".*+?()[]{}|^$";
  std::string longest;
  std::string run;
  const auto end_run = [&](bool last_is_optional) {
    if (last_is_optional && !run.empty()) run.pop_back();
    if (run.size() > longest.size()) longest = run;
    run.clear();
  };
  if (regexp.find('|') != std::string::npos) return {};  // nothing must be in all alternatives
  for (std::size_t i = 0; i < regexp.size(); ++i) {
    const char c = regexp[i];
    if (c == '\\' && i + 1 < regexp.size()) {
      const char escaped = regexp[++i];
      const bool letter = (escaped >= 'a' && escaped <= 'z') ||
                          (escaped >= 'A' && escaped <= 'Z') || (escaped >= '0' && escaped <= '9');
      if (letter) {
        end_run(false);
      } else {
        run += escaped;
      }
      continue;
    }
    if (kSpecial.find(c) == std::string_view::npos) {
      run += c;
      continue;
    }
    end_run(c == '*' || c == '?' || c == '{');
    if (c == '[' || c == '(' || c == '{') break;  // what follows may be optional
  }
  end_run(false);
  return longest;
}

// The dot of these patterns stands for line ends too.
std::string with_wide_dots(const std::string& regexp) {
  std::string wide;
  bool in_class = false;
  for (std::size_t i = 0; i < regexp.size(); ++i) {
    const char c = regexp[i];
    if (c == '\\' && i + 1 < regexp.size()) {
      wide += {c, regexp[++i]};
      continue;
    }
    if (c == '[') in_class = true;
    if (c == ']') in_class = false;
    wide += c == '.' && !in_class ? "[\\s\\S]" : std::string(1, c);
  }
  return wide;
}

struct Known {
  Fingerprint fingerprint;
  std::optional<std::regex> regexp;
};

bool matches(const Known& known, std::string_view text) {
  const std::string& pattern = known.fingerprint.pattern;
  switch (known.fingerprint.how) {
    case How::full:
      return text == pattern;
    case How::prefix:
      return text.starts_with(pattern);
    case How::contains:
      return text.find(pattern) != std::string_view::npos;
    case How::regexp:
      return known.regexp && occurs(*known.regexp, text);
  }
  return false;
}

FingerprintMatch match_of(const Known& known, std::size_t observation) {
  return {static_cast<int>(observation), known.fingerprint.name, known.fingerprint.scope,
          known.fingerprint.countries};
}

}  // namespace

struct Fingerprints::Ready {
  std::vector<Known> known;
  std::multimap<std::string, std::size_t> addresses;  // of Where::dns
  std::vector<std::size_t> headers;                   // of Where::header
  std::vector<std::size_t> whole_bodies;              // `full` and `prefix` of bodies
  std::vector<std::size_t> in_bodies;                 // by place in `index`
  std::optional<GramIndex> index;

  void search(const DnsSeen& seen, std::size_t step, std::vector<FingerprintMatch>& found) const {
    for (const DnsReply& reply : seen.replies) {
      for (const DnsRecord& record : reply.answers) {
        const auto [first, last] = addresses.equal_range(record.data);
        for (auto each = first; each != last; ++each) {
          found.push_back(match_of(known[each->second], step));
        }
      }
    }
  }

  void search(const HttpSeen& seen, std::size_t step, std::vector<FingerprintMatch>& found) const {
    for (const std::size_t i : headers) {
      const bool hit = std::ranges::any_of(seen.headers, [&](const auto& header) {
        return ascii::iequals(header.first, known[i].fingerprint.header) &&
               matches(known[i], header.second);
      });
      if (hit) found.push_back(match_of(known[i], step));
    }
    if (seen.body.empty()) return;
    for (const std::size_t i : whole_bodies) {
      if (matches(known[i], seen.body)) found.push_back(match_of(known[i], step));
    }
    for (const std::size_t place : index->find(seen.body)) {
      const Known& candidate = known[in_bodies[place]];
      if (candidate.fingerprint.how == How::regexp && !matches(candidate, seen.body)) continue;
      found.push_back(match_of(candidate, step));
    }
  }
};

Fingerprints::Fingerprints(std::vector<Fingerprint> all) {
  auto ready = std::make_unique<Ready>();
  std::vector<std::string> patterns;
  for (Fingerprint& fingerprint : all) {
    Known known{std::move(fingerprint), std::nullopt};
    const std::size_t at = ready->known.size();
    const std::string& pattern = known.fingerprint.pattern;
    if (known.fingerprint.how == How::regexp) {
      auto compiled = compile_pattern(with_wide_dots(pattern));
      if (!compiled) continue;
      known.regexp = std::move(*compiled);
    }
    if (known.fingerprint.where == Where::dns) {
      ready->addresses.emplace(pattern, at);
    } else if (known.fingerprint.where == Where::header) {
      ready->headers.push_back(at);
    } else if (known.fingerprint.how == How::contains || known.fingerprint.how == How::regexp) {
      patterns.push_back(known.fingerprint.how == How::regexp ? literal_in(pattern) : pattern);
      ready->in_bodies.push_back(at);
    } else {
      ready->whole_bodies.push_back(at);
    }
    ready->known.push_back(std::move(known));
  }
  ready->index.emplace(std::move(patterns));
  ready_ = std::move(ready);
}

Fingerprints::Fingerprints(Fingerprints&&) noexcept = default;
Fingerprints& Fingerprints::operator=(Fingerprints&&) noexcept = default;
Fingerprints::~Fingerprints() = default;

std::vector<FingerprintMatch> Fingerprints::find(const Measurement& measurement) const {
  std::vector<FingerprintMatch> found;
  for (std::size_t i = 0; i < measurement.observations.size(); ++i) {
    const auto& seen = measurement.observations[i].seen;
    if (const auto* dns = std::get_if<DnsSeen>(&seen)) ready_->search(*dns, i, found);
    if (const auto* http = std::get_if<HttpSeen>(&seen)) ready_->search(*http, i, found);
  }
  return found;
}

std::vector<FingerprintMatch> find_all(std::span<const Fingerprints> sets,
                                       const Measurement& measurement) {
  std::vector<FingerprintMatch> all;
  for (const Fingerprints& set : sets) {
    std::ranges::move(set.find(measurement), std::back_inserter(all));
  }
  return all;
}

}  // namespace reachd
