#include "persist/posix_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "persist/byte_io.h"

namespace vicinal {
namespace {

// More in one call is not portable.
constexpr size_t kMostAtOnce = size_t{1} << 30;

Error failed() {
  return {ErrorCode::kStorageFailed, 0, errno};
}

// Calls again what a signal has interrupted.
template <typename Call>
auto uninterrupted(Call call) {
  for (;;) {
    const auto result = call();
    if (result != -1 || errno != EINTR) return result;
  }
}

int flush_descriptor(int descriptor) {
#ifdef F_FULLFSYNC
  // fsync of macOS does not reach the medium.
  if (uninterrupted([&] { return ::fcntl(descriptor, F_FULLFSYNC); }) == 0) return 0;
#endif
  return uninterrupted([&] { return ::fsync(descriptor); });
}

Status flush_folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int descriptor = uninterrupted([&] { return ::open(folder.c_str(), O_RDONLY | O_CLOEXEC); });
  if (descriptor == -1) return failed();
  const Status flushed = flush_descriptor(descriptor) == 0 ? Status() : failed();
  ::close(descriptor);
  return flushed;
}

}  // namespace

Result<std::unique_ptr<PosixFile>> PosixFile::open(const char* path) {
  const int descriptor = uninterrupted([&] { return ::open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666); });
  if (descriptor == -1) return failed();
  std::unique_ptr<PosixFile> file(new PosixFile(descriptor));
  const Status flushed = flush_folder_of(path);
  if (!flushed.ok()) return flushed.error();
  return file;
}

PosixFile::~PosixFile() {
  ::close(descriptor_);
}

Result<uint64_t> PosixFile::size() {
  struct stat status;
  if (::fstat(descriptor_, &status) != 0) return failed();
  return static_cast<uint64_t>(status.st_size);
}

Status PosixFile::read_at(uint64_t offset, void* bytes, size_t size) {
  auto* next = static_cast<unsigned char*>(bytes);
  for (size_t done = 0; done < size;) {
    const ssize_t some = uninterrupted([&] {
      return ::pread(descriptor_, next + done, std::min(size - done, kMostAtOnce),
                     static_cast<off_t>(offset + done));
    });
    if (some == -1) return failed();
    if (some == 0) return corrupt_at(offset);
    done += static_cast<size_t>(some);
  }
  return {};
}

Status PosixFile::write_at(uint64_t offset, const void* bytes, size_t size) {
  const auto* next = static_cast<const unsigned char*>(bytes);
  for (size_t done = 0; done < size;) {
    const ssize_t some = uninterrupted([&] {
      return ::pwrite(descriptor_, next + done, std::min(size - done, kMostAtOnce),
                      static_cast<off_t>(offset + done));
    });
    if (some == -1) {
      const bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
      return full ? Error{ErrorCode::kStorageFull, 0, static_cast<int64_t>(size)} : failed();
    }
    done += static_cast<size_t>(some);
  }
  return {};
}

Status PosixFile::flush() {
  return flush_descriptor(descriptor_) == 0 ? Status() : failed();
}

Status PosixFile::truncate(uint64_t size) {
  return uninterrupted([&] { return ::ftruncate(descriptor_, static_cast<off_t>(size)); }) == 0 ? Status()
                                                                                                : failed();
}

}  // namespace vicinal
