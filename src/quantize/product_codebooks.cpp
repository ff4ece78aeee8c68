#include "quantize/product_codebooks.h"

#include <algorithm>

#include "quantize/product_sums.h"

namespace vicinal {
namespace {

// Rows of a segment that are compared with its centroids together.
constexpr size_t kBlockRows = 64;

}  // namespace

ProductCodebooks::ProductCodebooks(const ProductShape& shape, const float* centroids, double scale)
    : shape_(shape), columns_(shape.dim * shape.centroid_count()) {
  const size_t count = shape.centroid_count();
  std::vector<float> scaled;
  nearest_.reserve(shape.segments);
  for (size_t segment = 0; segment < shape.segments; ++segment) {
    const size_t width = shape.width(segment);
    scaled.resize(count * width);
    std::transform(centroids, centroids + scaled.size(), scaled.begin(),
                   [scale](float value) { return static_cast<float>(double{value} * scale); });
    nearest_.emplace_back(scaled.data(), count, width);
    float* columns = &columns_[shape.start(segment) * count];
    for (size_t centroid = 0; centroid < count; ++centroid) {
      for (size_t i = 0; i < width; ++i) columns[i * count + centroid] = scaled[centroid * width + i];
    }
    centroids += scaled.size();
  }
}

size_t ProductCodebooks::held_bytes() const {
  size_t bytes = nearest_.capacity() * sizeof(NearestCentroid) + columns_.capacity() * sizeof(float);
  for (const NearestCentroid& segment : nearest_) bytes += segment.held_bytes();
  return bytes;
}

void ProductCodebooks::encode(const float* residuals, size_t row_count, uint8_t* codes) const {
  const size_t code_bytes = shape_.code_bytes();
  std::fill_n(codes, row_count * code_bytes, uint8_t{0});
  for (size_t first = 0; first < row_count; first += kBlockRows) {
    const size_t count = std::min(kBlockRows, row_count - first);
    for (size_t segment = 0; segment < shape_.segments; ++segment) {
      const float* parts[kBlockRows];
      uint32_t found[kBlockRows];
      for (size_t row = 0; row < count; ++row)
        parts[row] = residuals + (first + row) * shape_.dim + shape_.start(segment);
      nearest_[segment].find(parts, count, found, nullptr);
      uint8_t* bytes = codes + first * code_bytes + (shape_.bits == 8 ? segment : segment / 2);
      const unsigned shift = shape_.bits == 8 || segment % 2 == 0 ? 0 : 4;
      for (size_t row = 0; row < count; ++row, bytes += code_bytes)
        *bytes = static_cast<uint8_t>(*bytes | found[row] << shift);
    }
  }
}

void ProductCodebooks::decode(const uint8_t* codes, double* residual) const {
  const size_t count = shape_.centroid_count();
  for (size_t segment = 0; segment < shape_.segments; ++segment) {
    const size_t code = shape_.code(codes, segment);
    for (size_t i = shape_.start(segment); i < shape_.start(segment + 1); ++i)
      residual[i] = double{columns_[i * count + code]};
  }
}

// Here segments' widths are asked for where they are held: to compute where they start takes divisions.
void ProductCodebooks::dot_tables(const float* query, float* tables) const {
  const size_t count = shape_.centroid_count();
  const float* columns = columns_.data();
  for (const NearestCentroid& segment : nearest_) {
    dot_columns(query, columns, segment.width(), count, tables);
    query += segment.width();
    columns += segment.width() * count;
    tables += count;
  }
}

void ProductCodebooks::l1_tables(const double* query, double* tables) const {
  const size_t count = shape_.centroid_count();
  const float* columns = columns_.data();
  std::fill_n(tables, shape_.segments * count, 0.0);
  for (const NearestCentroid& segment : nearest_) {
    for (size_t i = 0; i < segment.width(); ++i, columns += count)
      add_differences(columns, *query++, count, tables);
    tables += count;
  }
}

}  // namespace vicinal
