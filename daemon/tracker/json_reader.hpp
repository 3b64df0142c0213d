// Reads members of a JSON object that must be there, of their type and within bounds. The first
// that is not spoils the whole: a state half understood is worse than none.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "daemon/tracker/change.hpp"

namespace reachd {

class JsonReader {
 public:
  explicit JsonReader(const boost::json::value& value);

  bool good() const { return good_; }
  // Spoils it, for a value whose type is right and that makes no sense.
  void refuse() { good_ = false; }

  // A number within [least, most], as number_value writes it.
  void read(std::string_view key, double& out, double least, double most);
  void read(std::string_view key, WallTime& out);
  void read(std::string_view key, std::string& out, std::size_t most);
  void read(std::string_view key, Status& out);
  // Printable paths of up to 64 bytes, `most` of them.
  void read(std::string_view key, std::vector<std::string>& out, std::size_t most);

  // A member that is an object or array; null or empty where it is neither.
  const boost::json::value& member(std::string_view key);
  const boost::json::array& array(std::string_view key, std::size_t most);

 private:
  const boost::json::object* object_;
  bool good_;
};

std::int64_t nanoseconds(WallTime time);

// Numbers travel as texts: Boost.JSON 1.81 reads some of its own doubles back with another last
// digit, and a restored state must go on as the old one would have.
boost::json::value number_value(double number);
std::optional<double> number_of(const boost::json::value& value);  // finite ones only

}  // namespace reachd
