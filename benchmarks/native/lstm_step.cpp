// One LSTM step with its linear head, built for one machine: the practical limit that the Java
// kernels are compared with.
//
//   lstm_step MODEL WARM_UP_ITERATIONS ITERATIONS MILLISECONDS
//
// MODEL is what NativeModelFile writes, little-endian: the int32 numbers inputSize, hiddenSize,
// numLayers, steps; then as float32 for every layer weight_ih, weight_hh, bias_ih, bias_hh in
// PyTorch's layout; the head's weight and bias; and steps inputs. Prints one JSON object: the
// outputs for the inputs from a zero state, and nanoseconds per step in every iteration.
//
// Built once with -DLSTM_WIDTH=8 (AVX2 and FMA) and once with -DLSTM_WIDTH=16 (AVX-512).
//
// Hidden units are processed in blocks of N * LSTM_WIDTH. For every input column, the weights of a
// block's four gates are adjacent, so that a block reads its weights as one aligned stream. All
// 4 * N * K sums stay in registers, and one broadcast serves 4 * N fused multiply-adds. K is the
// number of columns that are summed separately, which shortens chains of additions. With TURN,
// every second step processes the blocks in reverse order, so that it starts with the weights that
// the previous step left in the nearest cache. A trial at the start selects the fastest variant for
// the given sizes.

#include <immintrin.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <vector>

#define ALWAYS_INLINE inline __attribute__((always_inline))
#ifndef LSTM_WIDTH
#define LSTM_WIDTH 8
#endif

namespace {

constexpr int W = LSTM_WIDTH;

#if LSTM_WIDTH == 16
using Vec = __m512;
inline Vec load(const float* p) { return _mm512_load_ps(p); }
inline void store(float* p, Vec v) { _mm512_store_ps(p, v); }
inline Vec all(float x) { return _mm512_set1_ps(x); }
inline Vec fma(Vec a, Vec b, Vec c) { return _mm512_fmadd_ps(a, b, c); }
inline Vec add(Vec a, Vec b) { return _mm512_add_ps(a, b); }
inline Vec mul(Vec a, Vec b) { return _mm512_mul_ps(a, b); }
inline Vec div(Vec a, Vec b) { return _mm512_div_ps(a, b); }
inline Vec clamp(Vec x, Vec low, Vec high) { return _mm512_max_ps(low, _mm512_min_ps(high, x)); }
inline float sum(Vec v) { return _mm512_reduce_add_ps(v); }
#else
using Vec = __m256;
inline Vec load(const float* p) { return _mm256_load_ps(p); }
inline void store(float* p, Vec v) { _mm256_store_ps(p, v); }
inline Vec all(float x) { return _mm256_set1_ps(x); }
inline Vec fma(Vec a, Vec b, Vec c) { return _mm256_fmadd_ps(a, b, c); }
inline Vec add(Vec a, Vec b) { return _mm256_add_ps(a, b); }
inline Vec mul(Vec a, Vec b) { return _mm256_mul_ps(a, b); }
inline Vec div(Vec a, Vec b) { return _mm256_div_ps(a, b); }
inline Vec clamp(Vec x, Vec low, Vec high) { return _mm256_max_ps(low, _mm256_min_ps(high, x)); }
inline float sum(Vec v) {
  __m128 s = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  s = _mm_add_ps(s, _mm_movehl_ps(s, s));
  return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}
#endif

// The rational function of the Java kernels' Activations, with the same coefficients.
inline Vec tanh(Vec x) {
  Vec z = clamp(x, all(-0x1.00a042p+3f), all(0x1.00a042p+3f));
  Vec s = mul(z, z);
  Vec p = fma(s, all(0x1.0d2ebap-53f), all(-0x1.96763cp-45f));
  p = fma(s, p, all(0x1.220a90p-37f));
  p = fma(s, p, all(-0x1.0faaa2p-30f));
  p = fma(s, p, all(0x1.9538dcp-24f));
  p = fma(s, p, all(-0x1.2a78d6p-17f));
  p = fma(s, p, all(0x1.7b5fd2p-10f));
  p = fma(s, p, all(0x1.dd5c12p-4f));
  p = fma(s, p, all(1.0f));
  Vec q = fma(s, fma(s, all(0x1.281a72p-6f), all(0x1.ccac56p-2f)), all(1.0f));
  return div(mul(z, p), q);
}

// sigmoid(2 x): the factor of one half for its argument is in the weights.
inline Vec sigmoidOfTwice(Vec x) { return fma(all(0.5f), tanh(x), all(0.5f)); }

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};
using Floats = std::unique_ptr<float[], Free>;

// Page-aligned zeros; large arrays use huge pages if available.
Floats allocate(size_t floats) {
  constexpr size_t kHuge = size_t(2) << 20;
  size_t bytes = floats * sizeof(float);
  size_t alignment = bytes >= kHuge / 8 ? kHuge : 4096;
  bytes = (bytes + alignment - 1) / alignment * alignment;
  void* memory = std::aligned_alloc(alignment, bytes);
  if (alignment == kHuge) madvise(memory, bytes, MADV_HUGEPAGE);
  std::memset(memory, 0, bytes);
  return Floats(static_cast<float*>(memory));
}

struct Layer {
  int inputSize;
  std::vector<float> weightIh, weightHh, biasIh, biasHh;  // PyTorch's layout, rows i,f,g,o
};

struct Model {
  int32_t inputSize, hiddenSize, numLayers, steps;
  std::vector<Layer> layers;
  std::vector<float> headWeight;  // (hiddenSize)
  float headBias;
  std::vector<float> inputs;  // (steps, inputSize)
};

// A model packed into blocks of hidden units, and its state.
template <int N, int K, bool TURN>
class Stepper {
 public:
  static constexpr int UNITS = N * W;
  static constexpr int SUMS = 4 * N;

  explicit Stepper(const Model& model)
      : hidden_(model.hiddenSize),
        blocks_((model.hiddenSize + UNITS - 1) / UNITS),
        headBias_(model.headBias) {
    for (const Layer& layer : model.layers) {
      layers_.push_back(pack(layer));
    }
    head_ = allocate(blocks_ * UNITS);
    std::copy(model.headWeight.begin(), model.headWeight.end(), head_.get());
  }

  float step(const float* x) {
    const float* input = x;
    for (Packed& layer : layers_) {
      const float* h = layer.h[now_].get();
      float* hNext = layer.h[1 - now_].get();
      for (int b = 0; b < blocks_; b++) {
        block(layer, TURN && now_ == 1 ? blocks_ - 1 - b : b, input, h, hNext);
      }
      input = hNext;
    }
    now_ = 1 - now_;
    return head(input);
  }

 private:
  struct Packed {
    int inputSize;
    Floats weights;  // [blocks][inputSize + hiddenSize] of (i, f, g, o) x UNITS
    Floats bias;     // [blocks] of (i, f, g, o) x UNITS
    Floats h[2];     // (blocks * UNITS), zeros beyond hiddenSize
    Floats c;        // (blocks * UNITS), zeros beyond hiddenSize
  };

  Packed pack(const Layer& layer) const {
    int columns = layer.inputSize + hidden_;
    int padded = blocks_ * UNITS;
    Packed packed{layer.inputSize,
                  allocate(size_t(4) * padded * columns),
                  allocate(4 * padded),
                  {allocate(padded), allocate(padded)},
                  allocate(padded)};
    for (int unit = 0; unit < hidden_; unit++) {
      for (int gate = 0; gate < 4; gate++) {
        float scale = gate == 2 ? 1.0f : 0.5f;
        int row = gate * hidden_ + unit;
        int lane = gate * UNITS + unit % UNITS;
        int block = unit / UNITS;
        packed.bias[block * SUMS * W + lane] = scale * (layer.biasIh[row] + layer.biasHh[row]);
        float* weights = packed.weights.get() + size_t(block) * columns * SUMS * W + lane;
        for (int j = 0; j < columns; j++) {
          weights[size_t(j) * SUMS * W] =
              scale * (j < layer.inputSize
                           ? layer.weightIh[size_t(row) * layer.inputSize + j]
                           : layer.weightHh[size_t(row) * hidden_ + j - layer.inputSize]);
        }
      }
    }
    return packed;
  }

  // Adds one column of the weights, times its input, to the sums; returns the next column.
  static ALWAYS_INLINE const float* addColumn(
      Vec (&sums)[SUMS], const float* w, float z) {
    Vec factor = all(z);
#pragma GCC unroll 16
    for (int r = 0; r < SUMS; r++) {
      sums[r] = fma(load(w + r * W), factor, sums[r]);
    }
    return w + SUMS * W;
  }

  static ALWAYS_INLINE const float* addColumns(
      Vec (&sums)[K][SUMS], const float* w, const float* z, int columns) {
    int j = 0;
#pragma GCC unroll 4
    for (; j + K <= columns; j += K) {
#pragma GCC unroll 4
      for (int k = 0; k < K; k++) {
        w = addColumn(sums[k], w, z[j + k]);
      }
    }
    for (; j < columns; j++) {
      w = addColumn(sums[0], w, z[j]);
    }
    return w;
  }

  ALWAYS_INLINE void block(Packed& layer, int b, const float* x, const float* h, float* hNext) {
    Vec sums[K][SUMS];
#pragma GCC unroll 16
    for (int r = 0; r < SUMS; r++) {
      sums[0][r] = load(layer.bias.get() + (b * SUMS + r) * W);
#pragma GCC unroll 4
      for (int k = 1; k < K; k++) {
        sums[k][r] = all(0.0f);
      }
    }
    const float* w = layer.weights.get() + size_t(b) * (layer.inputSize + hidden_) * SUMS * W;
    w = addColumns(sums, w, x, layer.inputSize);
    addColumns(sums, w, h, hidden_);
#pragma GCC unroll 4
    for (int k = 1; k < K; k++) {
#pragma GCC unroll 16
      for (int r = 0; r < SUMS; r++) {
        sums[0][r] = add(sums[0][r], sums[k][r]);
      }
    }
#pragma GCC unroll 8
    for (int v = 0; v < N; v++) {
      activate(sums[0][v], sums[0][N + v], sums[0][2 * N + v], sums[0][3 * N + v],
               layer.c.get() + (b * N + v) * W, hNext + (b * N + v) * W);
    }
  }

  static ALWAYS_INLINE void activate(Vec i, Vec f, Vec g, Vec o, float* c, float* h) {
    Vec next = fma(sigmoidOfTwice(f), load(c), mul(sigmoidOfTwice(i), tanh(g)));
    store(c, next);
    store(h, mul(sigmoidOfTwice(o), tanh(next)));
  }

  float head(const float* h) const {
    Vec partial = all(0.0f);
    for (int k = 0; k < blocks_ * UNITS; k += W) {
      partial = fma(load(head_.get() + k), load(h + k), partial);
    }
    return sum(partial) + headBias_;
  }

  int hidden_;
  int blocks_;
  int now_ = 0;
  float headBias_;
  Floats head_;  // (blocks * UNITS), zeros beyond hiddenSize
  std::vector<Packed> layers_;
};

double nanos() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e9 + now.tv_nsec;
}

volatile float sink;  // so that no step is optimised away

// Nanoseconds per step, measured for about this many milliseconds.
template <class S>
double iteration(S& stepper, const Model& model, double milliseconds) {
  double start = nanos();
  double end = start + milliseconds * 1e6;
  double now;
  long count = 0;
  do {
    for (int k = 0; k < model.steps; k++) {
      sink = stepper.step(&model.inputs[size_t(k) * model.inputSize]);
    }
    count += model.steps;
    now = nanos();
  } while (now < end);
  return (now - start) / count;
}

struct Variant {
  const char* name;
  double (*trial)(const Model&);
  void (*run)(const Model&, int warmUps, int iterations, double milliseconds);
};

template <class S>
double trial(const Model& model) {
  S stepper(model);
  iteration(stepper, model, 2);
  double best = iteration(stepper, model, 4);
  for (int k = 0; k < 2; k++) {
    best = std::min(best, iteration(stepper, model, 4));
  }
  return best;
}

template <class S>
void run(const Model& model, int warmUps, int iterations, double milliseconds) {
  S stepper(model);
  std::printf("  \"outputs\": [");
  for (int k = 0; k < model.steps; k++) {
    float y = stepper.step(&model.inputs[size_t(k) * model.inputSize]);
    std::printf("%s%.9g", k == 0 ? "" : ", ", y);
  }
  for (int k = 0; k < warmUps; k++) {
    iteration(stepper, model, milliseconds);
  }
  std::printf("],\n  \"nsPerStep\": [");
  for (int k = 0; k < iterations; k++) {
    std::printf("%s%.2f", k == 0 ? "" : ", ", iteration(stepper, model, milliseconds));
  }
  std::printf("]\n");
}

template <int N, int K, bool TURN>
constexpr Variant variant(const char* name) {
  return {name, trial<Stepper<N, K, TURN>>, run<Stepper<N, K, TURN>>};
}

constexpr Variant kVariants[] = {
    variant<1, 1, false>("N=1 K=1"), variant<1, 1, true>("N=1 K=1 turning"),
    variant<1, 2, false>("N=1 K=2"), variant<1, 2, true>("N=1 K=2 turning"),
    variant<1, 4, false>("N=1 K=4"), variant<1, 4, true>("N=1 K=4 turning"),
    variant<2, 1, false>("N=2 K=1"), variant<2, 1, true>("N=2 K=1 turning"),
    variant<2, 2, false>("N=2 K=2"), variant<2, 2, true>("N=2 K=2 turning"),
    variant<3, 1, false>("N=3 K=1"), variant<3, 1, true>("N=3 K=1 turning"),
};

template <class T>
void read(std::FILE* file, T* values, size_t count) {
  if (std::fread(values, sizeof(T), count, file) != count) {
    std::fprintf(stderr, "model file: expected more bytes\n");
    std::exit(1);
  }
}

std::vector<float> readFloats(std::FILE* file, size_t count) {
  std::vector<float> values(count);
  read(file, values.data(), count);
  return values;
}

Model readModel(const char* name) {
  std::FILE* file = std::fopen(name, "rb");
  if (file == nullptr) {
    std::perror(name);
    std::exit(1);
  }
  Model model;
  read(file, &model.inputSize, 4);
  size_t hidden = model.hiddenSize;
  for (int l = 0; l < model.numLayers; l++) {
    Layer layer;
    layer.inputSize = l == 0 ? model.inputSize : model.hiddenSize;
    layer.weightIh = readFloats(file, 4 * hidden * layer.inputSize);
    layer.weightHh = readFloats(file, 4 * hidden * hidden);
    layer.biasIh = readFloats(file, 4 * hidden);
    layer.biasHh = readFloats(file, 4 * hidden);
    model.layers.push_back(layer);
  }
  model.headWeight = readFloats(file, hidden);
  read(file, &model.headBias, 1);
  model.inputs = readFloats(file, size_t(model.steps) * model.inputSize);
  std::fclose(file);
  return model;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    std::fprintf(stderr, "usage: lstm_step MODEL WARM_UP_ITERATIONS ITERATIONS MILLISECONDS\n");
    return 2;
  }
  Model model = readModel(argv[1]);
  const Variant* best = nullptr;
  double bestNanos = 0;
  std::printf("{\n  \"trialNsPerStep\": {");
  for (const Variant& variant : kVariants) {
    double nanos = variant.trial(model);
    std::printf("%s\"%s\": %.1f", best == nullptr ? "" : ", ", variant.name, nanos);
    if (best == nullptr || nanos < bestNanos) {
      best = &variant;
      bestNanos = nanos;
    }
  }
  std::printf("},\n  \"variant\": \"%s\",\n", best->name);
  best->run(model, std::atoi(argv[2]), std::atoi(argv[3]), std::atof(argv[4]));
  std::printf("}\n");
  return 0;
}
