#include <array>
#include <cerrno>
#include <cstring>

#include <zlib.h>
#include <zstd.h>

#include "daemon/line_reader.hpp"

namespace reachd {
namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10U;

using Read = boost::system::result<bool, std::string>;
using Chunk = std::array<char, kChunk>;

struct Closer {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};
using File = std::unique_ptr<std::FILE, Closer>;

class Plain final : public ByteSource {
 public:
  explicit Plain(File file, std::string begun) : file_(std::move(file)), begun_(std::move(begun)) {}

  Read read(std::string& out) override {
    if (!begun_.empty()) {
      out += begun_;
      begun_.clear();
      return true;
    }
    const std::size_t size = std::fread(chunk_.data(), 1, chunk_.size(), file_.get());
    if (std::ferror(file_.get()) != 0) return "reading failed: " + std::string(strerror(errno));
    out.append(chunk_.data(), size);
    return size > 0;
  }

 private:
  File file_;
  std::string begun_;
  Chunk chunk_{};
};

class Gzip final : public ByteSource {
 public:
  explicit Gzip(std::unique_ptr<ByteSource> packed) : packed_(std::move(packed)) {
    constexpr int kGzipToo = 15 + 32;  // the largest window, header told by itself
    ready_ = inflateInit2(&stream_, kGzipToo) == Z_OK;
  }
  ~Gzip() override {
    if (ready_) inflateEnd(&stream_);
  }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  Read read(std::string& out) override {
    if (!ready_) return std::string("no memory to unpack");
    while (true) {
      if (stream_.avail_in == 0) {
        input_.clear();
        const Read more = packed_->read(input_);
        if (!more) return more.error();
        if (!*more) return between_ ? Read(false) : Read(std::string("gzip: cut short"));
        stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
        stream_.avail_in = static_cast<uInt>(input_.size());
      }
      stream_.next_out = reinterpret_cast<Bytef*>(chunk_.data());
      stream_.avail_out = static_cast<uInt>(chunk_.size());
      const int result = inflate(&stream_, Z_NO_FLUSH);
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
        return std::string("gzip: damaged");
      }
      between_ = result == Z_STREAM_END;
      if (between_) inflateReset(&stream_);  // members may follow each other
      const std::size_t size = chunk_.size() - stream_.avail_out;
      out.append(chunk_.data(), size);
      if (size > 0) return true;
    }
  }

 private:
  std::unique_ptr<ByteSource> packed_;
  z_stream stream_{};
  bool ready_ = false;
  bool between_ = false;
  std::string input_;
  Chunk chunk_{};
};

class Zstd final : public ByteSource {
 public:
  explicit Zstd(std::unique_ptr<ByteSource> packed)
      : packed_(std::move(packed)), stream_(ZSTD_createDStream(), &ZSTD_freeDStream) {}

  Read read(std::string& out) override {
    if (!stream_) return std::string("no memory to unpack");
    while (true) {
      if (input_.pos == input_.size) {
        bytes_.clear();
        const Read more = packed_->read(bytes_);
        if (!more) return more.error();
        if (!*more) return between_ ? Read(false) : Read(std::string("zstd: cut short"));
        input_ = {bytes_.data(), bytes_.size(), 0};
      }
      ZSTD_outBuffer output{chunk_.data(), chunk_.size(), 0};
      const std::size_t result = ZSTD_decompressStream(stream_.get(), &output, &input_);
      if (ZSTD_isError(result) != 0) {
        return "zstd: " + std::string(ZSTD_getErrorName(result));
      }
      between_ = result == 0;
      out.append(chunk_.data(), output.pos);
      if (output.pos > 0) return true;
    }
  }

 private:
  std::unique_ptr<ByteSource> packed_;
  std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream_;
  bool between_ = false;
  std::string bytes_;
  ZSTD_inBuffer input_{};
  Chunk chunk_{};
};

}  // namespace

boost::system::result<std::unique_ptr<ByteSource>, std::string> open_source(
    const std::string& path) {
  File file(path == "-" ? stdin : std::fopen(path.c_str(), "rbe"));
  if (!file) return std::string(strerror(errno));
  std::string begun(4, '\0');
  begun.resize(std::fread(begun.data(), 1, begun.size(), file.get()));
  if (std::ferror(file.get()) != 0) return std::string(strerror(errno));
  const bool gzip = begun.starts_with("\x1f\x8b");
  const bool zstd = begun == "\x28\xb5\x2f\xfd";
  std::unique_ptr<ByteSource> plain = std::make_unique<Plain>(std::move(file), std::move(begun));
  if (gzip) return std::unique_ptr<ByteSource>(std::make_unique<Gzip>(std::move(plain)));
  if (zstd) return std::unique_ptr<ByteSource>(std::make_unique<Zstd>(std::move(plain)));
  return plain;
}

}  // namespace reachd
