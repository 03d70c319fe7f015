package io.flinklstm.train.network;

/**
 * The optimisers Adam [1] and, with weight decay, AdamW [2], with PyTorch's arithmetic.
 *
 * <p>At step k, with g the gradient of a parameter p:
 *
 * <pre>
 *   p = p - learningRate * weightDecay * p             decoupled from the gradient, on all parameters
 *   m = m + (1 - beta1) (g - m)
 *   v = beta2 v + (1 - beta2) g^2
 *   p = p - learningRate / (1 - beta1^k) * m / (sqrt(v) / sqrt(1 - beta2^k) + epsilon)
 * </pre>
 *
 * <p>The factors are computed in double and narrowed once, the rest in float. Not thread-safe.
 *
 * <p>[1] D. P. Kingma, J. Ba: Adam: A Method for Stochastic Optimization. ICLR 2015. [2] I.
 * Loshchilov, F. Hutter: Decoupled Weight Decay Regularization. ICLR 2019.
 */
public final class Adam {

  /**
   * Settings that stay the same over all steps.
   *
   * @param beta1 decay of the mean, within [0, 1)
   * @param beta2 decay of the mean square, within [0, 1)
   * @param epsilon added outside the root, 0 or more
   * @param weightDecay per step and unit of learning rate, 0 for none
   */
  public record Settings(double beta1, double beta2, double epsilon, double weightDecay) {

    /** PyTorch's defaults for Adam: 0.9, 0.999, 1e-8, no weight decay. */
    public static final Settings DEFAULT = new Settings(0.9, 0.999, 1e-8, 0);

    public Settings {
      check("beta1", beta1, 1);
      check("beta2", beta2, 1);
      check("epsilon", epsilon, Double.POSITIVE_INFINITY);
      check("weightDecay", weightDecay, Double.POSITIVE_INFINITY);
    }

    private static void check(String name, double value, double end) {
      if (!(value >= 0 && value < end)) {
        throw new IllegalArgumentException(
            name + " of the optimiser: expected a number within [0, " + end + "), got " + value);
      }
    }

    public Settings withWeightDecay(double newWeightDecay) {
      return new Settings(beta1, beta2, epsilon, newWeightDecay);
    }
  }

  private final LstmParameters parameters;
  private final Settings settings;
  private final LstmParameters mean;
  private final LstmParameters meanSquare;
  private long steps;

  /**
   * @param parameters the live parameters, which every step changes
   */
  public Adam(LstmParameters parameters, Settings settings) {
    this.parameters = parameters;
    this.settings = settings;
    this.mean = LstmParameters.zeros(parameters.config());
    this.meanSquare = LstmParameters.zeros(parameters.config());
  }

  /** Steps taken so far. */
  public long steps() {
    return steps;
  }

  /** m, the running mean of the gradients: live. */
  public LstmParameters mean() {
    return mean;
  }

  /** v, the running mean of their squares: live. */
  public LstmParameters meanSquare() {
    return meanSquare;
  }

  /** Continues where another optimiser was, after its means were copied into these. */
  public void resumeAt(long steps) {
    this.steps = steps;
  }

  /**
   * Takes one step.
   *
   * @param gradient of the same sizes as the parameters. Not modified
   * @param learningRate of this step, 0 or more
   */
  public void step(LstmParameters gradient, double learningRate) {
    steps++;
    double correction1 = 1 - StrictMath.pow(settings.beta1, steps);
    double correction2 = 1 - StrictMath.pow(settings.beta2, steps);
    float keep = (float) (1 - learningRate * settings.weightDecay);
    float rate = (float) (learningRate / correction1);
    float scale = (float) Math.sqrt(correction2);
    for (int a = 0; a < parameters.arrays().size(); a++) {
      float[] g = gradient.arrays().get(a);
      float[] m = mean.arrays().get(a);
      float[] v = meanSquare.arrays().get(a);
      follow(g, m, (float) (1 - settings.beta1));
      followSquare(g, v, (float) settings.beta2, (float) (1 - settings.beta2));
      move(parameters.arrays().get(a), m, v, keep, rate, scale, (float) settings.epsilon);
    }
  }

  private static void follow(float[] g, float[] m, float weight) {
    for (int k = 0; k < m.length; k++) {
      m[k] += weight * (g[k] - m[k]);
    }
  }

  private static void followSquare(float[] g, float[] v, float beta, float weight) {
    for (int k = 0; k < v.length; k++) {
      v[k] = beta * v[k] + weight * (g[k] * g[k]);
    }
  }

  private static void move(
      float[] p, float[] m, float[] v, float keep, float rate, float scale, float epsilon) {
    for (int k = 0; k < p.length; k++) {
      p[k] = keep * p[k] - rate * (m[k] / ((float) Math.sqrt(v[k]) / scale + epsilon));
    }
  }
}
