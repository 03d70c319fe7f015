package io.flinklstm.faults.campaign;

/**
 * A fault that occurred.
 *
 * @param evidence that it occurred: an exit code, a restored checkpoint, a count
 * @param recoverySeconds from the start of the fault to the next committed prediction of a tick
 *     sent after its end
 */
public record FaultRecord(Fault fault, String evidence, double recoverySeconds) {

  @Override
  public String toString() {
    return String.format(
        java.util.Locale.ROOT, "%-36s %6.1f s  %s", fault.words(), recoverySeconds, evidence);
  }
}
