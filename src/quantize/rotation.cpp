#include "quantize/rotation.h"

#include <bit>
#include <cmath>

#include "base/random.h"

namespace vicinal {
namespace {

// The first round turns a vector of few values into many equal ones, the second these into about normal ones.
constexpr size_t kRoundsOfPowerOfTwo = 2;
// Where a round leaves values out: until all have met, evenly.
constexpr size_t kRoundsOfOthers = 4;

void multiply(const float* factors, size_t count, float* values) {
  for (size_t i = 0; i < count; ++i) values[i] *= factors[i];
}

// values [2 x half]: sums of the halves, then their differences.
void butterfly(float* values, size_t half) {
  float* upper = values + half;
  for (size_t i = 0; i < half; ++i) {
    const float a = values[i];
    const float b = upper[i];
    values[i] = a + b;
    upper[i] = a - b;
  }
}

// values [size], a power of two >= 4. Its own inverse but for the scale, `size`.
void walsh_hadamard(float* values, size_t size) {
  for (size_t half = size / 2; half >= 4; half /= 2) {
    for (size_t start = 0; start < size; start += 2 * half) butterfly(values + start, half);
  }
  for (size_t start = 0; start < size; start += 4) {
    float* four = values + start;
    const float a = four[0] + four[2];
    const float b = four[1] + four[3];
    const float c = four[0] - four[2];
    const float d = four[1] - four[3];
    four[0] = a + b;
    four[1] = a - b;
    four[2] = c + d;
    four[3] = c - d;
  }
}

}  // namespace

Rotation::Rotation(size_t dim, uint64_t seed)
    : rotated_dim_(dim <= 64 ? 64 : (dim + 127) / 128 * 128),
      transform_size_(std::bit_floor(rotated_dim_)),
      round_count_(transform_size_ == rotated_dim_ ? kRoundsOfPowerOfTwo : kRoundsOfOthers),
      multipliers_(round_count_ * rotated_dim_) {
  Random random(seed);
  const double transform_scale = 1 / std::sqrt(static_cast<double>(transform_size_));
  const double mixing_scale = transform_size_ == rotated_dim_ ? 1 : std::sqrt(0.5);
  for (size_t round = 0; round < round_count_; ++round) {
    uint64_t signs = 0;
    for (size_t i = 0; i < rotated_dim_; ++i) {
      if (i % 64 == 0) signs = random.next_u64();
      const size_t in_transform = i - transform_start(round);  // wraps around before it
      const double scale = mixing_scale * (in_transform < transform_size_ ? transform_scale : 1);
      multipliers_[round * rotated_dim_ + i] =
          static_cast<float>((signs >> i % 64 & 1) != 0 ? -scale : scale);
    }
  }
}

void Rotation::apply(float* values) const {
  for (size_t round = 0; round < round_count_; ++round) {
    multiply(multipliers(round), rotated_dim_, values);
    walsh_hadamard(values + transform_start(round), transform_size_);
    if (transform_size_ < rotated_dim_) butterfly(values, rotated_dim_ / 2);
  }
}

void Rotation::invert(float* values) const {
  for (size_t round = round_count_; round-- > 0;) {
    if (transform_size_ < rotated_dim_) butterfly(values, rotated_dim_ / 2);
    walsh_hadamard(values + transform_start(round), transform_size_);
    multiply(multipliers(round), rotated_dim_, values);
  }
}

}  // namespace vicinal
