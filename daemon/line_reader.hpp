// Lines of a file, or of standard input, whatever it is compressed with. Bounded: one line of 16
// MiB is held at most, however much a compressed file unpacks to.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

namespace reachd {

// Where bytes come from, unpacked: plain, gzip or zstd, told by the first bytes.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Appends what comes next to `out`; false at the end. The error is a sentence.
  virtual boost::system::result<bool, std::string> read(std::string& out) = 0;
};

// Opens a file, "-" for standard input. The error is a sentence.
boost::system::result<std::unique_ptr<ByteSource>, std::string> open_source(
    const std::string& path);

class LineReader {
 public:
  static constexpr std::size_t kMostLine = std::size_t{16} << 20U;

  explicit LineReader(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  // The next line without its end, within the reader until it is asked again; false at the end. A
  // line that is too long is cut and the rest of it skipped.
  boost::system::result<bool, std::string> next(std::string_view& line);
  // All that is left, the line just given first, if it is no more than a line may be;
  // else false.
  boost::system::result<bool, std::string> rest(std::string_view& text);

 private:
  boost::system::result<bool, std::string> fill();

  std::unique_ptr<ByteSource> source_;
  std::string buffer_;
  std::size_t line_ = 0;  // where the line just given begins
  std::size_t at_ = 0;    // where the next one does
  bool ended_ = false;
};

}  // namespace reachd
