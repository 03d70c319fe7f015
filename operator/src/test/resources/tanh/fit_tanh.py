"""Derivation of the float32 approximation  tanh(x) ~ x * P(x^2) / Q(x^2),  |x| <= L.

Needs Python 3.8+ with numpy and mpmath.
    python fit_tanh.py fit 6 3        Remez fit, rounded to float32, next to the final values
    python fit_tanh.py polish 6 3 60  ... then 60 s of random search in float32 steps
    python fit_tanh.py verify 6 3     error of the final values over every float in [2^-14, L]
(6 3: P of degree 6, Q of degree 3 in x^2.  8 2: one more fma, lower error.)

1. fit: a rational Remez exchange in 40 digits minimises the largest relative error on (0, 8.02]
   with p0 = q0 = 1 (tiny x is returned unchanged).  What remains is 2e-9 (6/3) or 9e-9 (8/2):
   the final error is float32 rounding, not approximation.
2. polish: random search; a move shifts one to three coefficients by up to 8 float32 steps, the
   score is the largest absolute error.  The final values come from this search in C with fmaf,
   scored on every float in [0.9, 8.02]; polish() is slower, uses a sample and gives other bits.
3. L is a float near 8.02 where the formula gives exactly 1.
An fma is emulated as float32(float64(a) * b + c): exact product, double rounding all but harmless.
"""
import sys
import time
import mpmath as mp
import numpy as np

mp.mp.dps = 40
FIT_RANGE = 8.02
FINAL = {  # (deg P, deg Q): (P, Q, L), lowest power first; decimals round-trip as float32
    (6, 3): ([1, 0.131248921, 0.00314995344, 1.16482352e-05, -2.23352217e-08, 6.37357458e-11,
              -1.15802672e-13], [1, 0.464582294, 0.0246773809, 0.000261381181], 8.02598),
    (8, 2): ([1, 0.116542883, 0.0014471981, -8.89515923e-06, 9.4348124e-08,
              -9.88317095e-10, 8.24346841e-12, -4.51263308e-14, 1.16739312e-16],
             [1, 0.449876159, 0.0180727113], 8.01956272),
}

def remez(m, n, limit):
    """Coefficients of P and Q that minimise the largest relative error on (0, limit]."""
    size, limit = m + n + 1, mp.mpf(limit)
    points = [limit * (1 - mp.cos(mp.pi * (i + 1) / size)) / 2 for i in range(size)]
    q, e = [mp.mpf(1)] + [mp.mpf(0)] * n, mp.mpf(0)
    for _ in range(30):
        for _ in range(8):  # Newton steps on P(s) = t (1 +- e) Q(s) at the points, t = tanh(x)/x
            a, b = mp.matrix(size, size), mp.matrix(size, 1)
            for i, x in enumerate(points):
                s, t, sign = x * x, mp.tanh(x) / x, (-1) ** i
                g, u = t * (1 + sign * e), t * sign * mp.polyval(q[::-1], s)
                a[i, :] = mp.matrix([[s ** k for k in range(1, m + 1)]
                                     + [-g * s ** k for k in range(1, n + 1)] + [-u]])
                b[i] = g - 1 - u * e
            z = list(mp.lu_solve(a, b))
            p, q, e = [mp.mpf(1)] + z[:m], [mp.mpf(1)] + z[m:-1], z[-1]
        edges, runs = [mp.mpf(0)] + sorted(set(points + [limit])), []
        for x in (u + (v - u) * j / 24 for u, v in zip(edges, edges[1:]) for j in range(1, 25)):
            err = x * mp.polyval(p[::-1], x * x) / mp.polyval(q[::-1], x * x) / mp.tanh(x) - 1
            if runs and runs[-1][1] * err > 0:
                err, x = max((err, x), (runs[-1][1], runs[-1][0]), key=lambda r: abs(r[0]))
                runs.pop()
            runs.append((x, err))
        worst = max(abs(r[1]) for r in runs)
        while len(runs) > size:
            runs.pop(0 if abs(runs[0][1]) < abs(runs[-1][1]) else -1)
        points = [r[0] for r in runs]
        if worst < abs(e) * 1.01:
            break
    return p, q, worst

def evaluate(c, m, x):
    def horner(c):
        r = np.full_like(x, c[-1])
        for k in c[-2::-1]:
            r = (s * r + np.float64(k)).astype(np.float32)
        return r
    s = (x * x).astype(np.float64)  # x * x is rounded to float32 first
    return (x * horner(c[:m + 1])) / horner(c[m + 1:])

def score(c, m, x, t):  # a result above 1 is penalised
    r = evaluate(c, m, x)
    return np.abs(r - t).max() + (1e-6 if r.max() > 1 else 0)

def polish(c, m, seconds, seed=1, samples=1 << 17):
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.45, FIT_RANGE, samples).astype(np.float32)
    t = np.tanh(x.astype(np.float64))
    best_score = now_score = score(c, m, x, t)
    best, now, start = c, c, time.time()
    free = [k for k in range(len(c)) if k not in (0, m + 1)]
    while (left := 1 - (time.time() - start) / seconds) > 0:
        trial = now.copy()
        for i in rng.choice(free, rng.integers(1, 4)):
            trial.view(np.int32)[i] += rng.integers(-8, 9)
        got = score(trial, m, x, t)
        if got <= now_score + 1.2e-8 * left ** 2 * rng.random():
            now, now_score = trial, got
            if got < best_score:
                best, best_score = trial, got
    return best, best_score

def verify(c, m, limit):
    bits = np.array([2.0 ** -14, limit], dtype=np.float32).view(np.int32).tolist()
    top = worst = sigma = 0.0
    for first in range(bits[0], bits[1] + 1, 1 << 20):
        x = np.arange(first, min(first + (1 << 20), bits[1] + 1), dtype=np.int32).view(np.float32)
        r, t = evaluate(c, m, x), np.tanh(x.astype(np.float64))
        g = (0.5 * r.astype(np.float64) + 0.5).astype(np.float32)  # sigma(2x) = fma(0.5, r, 0.5)
        top, worst = max(top, r.max()), max(worst, np.abs(r - t).max())
        sigma = max(sigma, np.abs(g - (0.5 * t + 0.5)).max())
    print(f"max abs error {worst:.4e}, largest result {top!r}, at L {r[-1]!r}, sigma {sigma:.4e}")

if __name__ == "__main__":
    task, m, n = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    c = np.array(FINAL[m, n][0] + FINAL[m, n][1], dtype=np.float32)
    if task == "verify":
        verify(c, m, FINAL[m, n][2])
    else:
        p, q, worst = remez(m, n, FIT_RANGE)
        print("largest relative error of the exact fit", mp.nstr(worst, 4))
        fitted = np.array([float(v) for v in p + q], dtype=np.float32)
        if task == "polish":
            fitted, best = polish(fitted, m, float(sys.argv[4]))
            print(f"largest absolute error on the sample {best:.4e}")
        for mine, final, ulps in zip(fitted, c, c.view(np.int32) - fitted.view(np.int32)):
            print(f"{mine:.9g}  final {final:.9g}  {ulps:+d} ulp")
