// The batch processor as TypeScript sees it: bindings/api/raw-module.ts, the functions on rows and the fits.
#include <emscripten/bind.h>

#include "arrays.h"
#include "engine/batch_processor.h"
#include "guarded.h"

namespace vicinal::boundary {
namespace {

// The processor holds nothing but its dimension, so each call makes its own.
template <typename Body>
Reply with_processor(size_t dim, Body body) {
  return guarded([&]() -> Status {
    const Result<BatchProcessor> processor = BatchProcessor::create(dim, best_kernels());
    if (!processor.ok()) return processor.error();
    return body(processor.value());
  });
}

Reply normalize(size_t dim, Address rows, size_t row_count, Address out) {
  return with_processor(dim, [&](const BatchProcessor& processor) {
    return processor.normalize(floats_at(rows), row_count, writable_floats_at(out));
  });
}

Reply pool(size_t dim, uint32_t pooling, size_t group_size, Address rows, size_t row_count, Address mask,
           Address weights, Address out) {
  return with_processor(dim, [&](const BatchProcessor& processor) {
    PoolOptions options;
    options.pooling = static_cast<Pooling>(pooling);
    options.group_size = group_size;
    options.mask = array_at<uint8_t>(mask);
    options.weights = floats_at(weights);
    return processor.pool(floats_at(rows), row_count, options, writable_floats_at(out));
  });
}

Reply similarity(size_t dim, uint32_t metric, Address queries, size_t query_count, Address rows,
                 size_t row_count, Address out) {
  return with_processor(dim, [&](const BatchProcessor& processor) {
    return processor.similarity(floats_at(queries), query_count, floats_at(rows), row_count,
                                static_cast<Metric>(metric), writable_floats_at(out));
  });
}

Reply measure(size_t dim, uint32_t metric, Address query, Address rows, size_t row_count, Address out) {
  return with_processor(dim, [&](const BatchProcessor& processor) {
    return processor.measure(floats_at(query), floats_at(rows), row_count, static_cast<Metric>(metric),
                             writable_floats_at(out));
  });
}

Reply project(size_t dim, Address rows, size_t row_count, Address mean, Address components,
              size_t component_count, Address out) {
  return with_processor(dim, [&](const BatchProcessor& processor) {
    return processor.project(floats_at(rows), row_count, floats_at(mean), floats_at(components),
                             component_count, writable_floats_at(out));
  });
}

Reply create_group_pooling(size_t dim, uint32_t pooling) {
  return guarded_new<GroupPooling>([&] { return GroupPooling::create(dim, static_cast<Pooling>(pooling)); });
}
Reply create_statistics_fit(size_t dim) {
  return guarded_new<StatisticsFit>([&] { return StatisticsFit::create(dim); });
}
Reply create_pca_fit(size_t dim, size_t component_count, size_t row_count) {
  return guarded_new<PcaFit>([&] { return PcaFit::create(dim, component_count, row_count); });
}

template <typename Fit>
Reply add_to_fit(Address fit, Address rows, size_t row_count) {
  return guarded([&] { return object_at<Fit>(fit).add(floats_at(rows), row_count); });
}

Reply add_to_group(Address group, Address rows, size_t row_count, Address mask, Address weights) {
  return guarded([&] {
    return object_at<GroupPooling>(group).add(floats_at(rows), row_count, array_at<uint8_t>(mask),
                                              floats_at(weights));
  });
}

Reply finish_group(Address group, Address out) {
  return guarded([&] { return object_at<GroupPooling>(group).finish(writable_floats_at(out)); });
}

template <typename Fit>
Reply finish_four(Address fit, Address first, Address second, Address third, Address fourth) {
  return guarded([&] {
    return object_at<Fit>(fit).finish(writable_floats_at(first), writable_floats_at(second),
                                      writable_floats_at(third), writable_floats_at(fourth));
  });
}

// How much is done, in thousandths; 1000 only when all of it is.
Reply step_pca(Address fit) {
  return guarded([&]() -> Result<uint64_t> {
    const Result<PcaProgress> progress = object_at<PcaFit>(fit).step();
    if (!progress.ok()) return progress.error();
    const auto [done, total] = progress.value();
    return done == total ? uint64_t{1000} : done * 1000 / total;
  });
}

}  // namespace

EMSCRIPTEN_BINDINGS(batch_processor) {
  emscripten::function("normalize", &normalize);
  emscripten::function("pool", &pool);
  emscripten::function("similarity", &similarity);
  emscripten::function("measure", &measure);
  emscripten::function("project", &project);
  emscripten::function("groupCreate", &create_group_pooling);
  emscripten::function("groupDelete", &delete_object<GroupPooling>);
  emscripten::function("groupAdd", &add_to_group);
  emscripten::function("groupFinish", &finish_group);
  emscripten::function("statisticsCreate", &create_statistics_fit);
  emscripten::function("statisticsDelete", &delete_object<StatisticsFit>);
  emscripten::function("statisticsAdd", &add_to_fit<StatisticsFit>);
  emscripten::function("statisticsFinish", &finish_four<StatisticsFit>);
  emscripten::function("pcaCreate", &create_pca_fit);
  emscripten::function("pcaDelete", &delete_object<PcaFit>);
  emscripten::function("pcaAdd", &add_to_fit<PcaFit>);
  emscripten::function("pcaStep", &step_pca);
  emscripten::function("pcaFinish", &finish_four<PcaFit>);
}

}  // namespace vicinal::boundary
