#include "daemon/archive/pack.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

namespace reachd::archive {
namespace {

// The library's default: each level above it costs much time and saves little of such text.
constexpr int kLevel = 3;

std::string why() {
  return std::strerror(errno);
}

}  // namespace

void Packing::Free::operator()(ZSTD_CCtx_s* context) const {
  ZSTD_freeCCtx(context);
}

Result<Packing> Packing::begin(std::string from, std::string to) {
  Packing packing;
  packing.in_ = Descriptor(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (!packing.in_) return why();
  struct stat status{};
  if (::fstat(packing.in_.get(), &status) != 0) return why();
  packing.from_ = std::move(from);
  packing.to_ = std::move(to);
  packing.out_ = Descriptor(
      ::open(packing.unfinished().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kFileMode));
  if (!packing.out_) return why();
  packing.context_.reset(ZSTD_createCCtx());
  if (!packing.context_) return std::string("no memory to pack");
  ZSTD_CCtx* context = packing.context_.get();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  ZSTD_CCtx_setPledgedSrcSize(context, static_cast<std::uint64_t>(status.st_size));
  return packing;
}

std::string Packing::unfinished() const {
  return to_ + std::string(kUnfinished);
}

Packing::~Packing() {
  if (out_ && !done_) ::unlink(unfinished().c_str());
}

std::optional<std::string> Packing::write(const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(out_.get(), data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return why();
    data += written;
    size -= static_cast<std::size_t>(written);
  }
  return std::nullopt;
}

Result<bool> Packing::go_on(std::size_t bytes) {
  std::vector<char> plain(bytes);
  const ssize_t read = ::read(in_.get(), plain.data(), plain.size());
  if (read < 0) return why();
  const bool last = read == 0;
  ZSTD_inBuffer input{plain.data(), static_cast<std::size_t>(read), 0};
  std::vector<char> packed(ZSTD_CStreamOutSize());
  bool more = true;
  while (more) {
    ZSTD_outBuffer output{packed.data(), packed.size(), 0};
    const std::size_t left =
        ZSTD_compressStream2(context_.get(), &output, &input, last ? ZSTD_e_end : ZSTD_e_continue);
    if (ZSTD_isError(left) != 0) return "packing: " + std::string(ZSTD_getErrorName(left));
    if (auto error = write(packed.data(), output.pos)) return *error;
    more = last ? left > 0 : input.pos < input.size;
  }
  return last ? finish() : Result<bool>(false);
}

Result<bool> Packing::finish() {
  if (::fsync(out_.get()) != 0) return why();
  if (std::rename(unfinished().c_str(), to_.c_str()) != 0) return why();
  done_ = true;
  const std::string directory = std::filesystem::path(to_).parent_path().string();
  if (!sync_directory(directory)) return why();
  if (::unlink(from_.c_str()) != 0) return why();
  return true;
}

bool holds_all_of(const std::string& packed, std::uint64_t bytes) {
  std::array<char, 18> header{};  // the longest that the format allows
  const Descriptor file(::open(packed.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return false;
  const ssize_t read = ::read(file.get(), header.data(), header.size());
  if (read <= 0) return false;
  return ZSTD_getFrameContentSize(header.data(), static_cast<std::size_t>(read)) == bytes;
}

bool sync_directory(const std::string& directory) {
  const Descriptor folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return folder && ::fsync(folder.get()) == 0;
}

}  // namespace reachd::archive
