package io.flinklstm.faults.campaign;

/** The faults that a campaign injects. */
public enum Fault {
  /** kill -9 of a TaskManager that the job uses; another one is started. */
  TASK_MANAGER_KILLED("TaskManager killed", true),
  /**
   * SIGSTOP of a TaskManager that the job uses, for longer than the heartbeat timeout, then
   * SIGCONT.
   */
  TASK_MANAGER_FROZEN("TaskManager frozen", true),
  /** kill -9 of the JobManager; another one is started and finds the job in ZooKeeper. */
  JOB_MANAGER_KILLED("JobManager killed", true),
  /** SIGSTOP of the JobManager, for longer than its ZooKeeper session, then SIGCONT. */
  JOB_MANAGER_FROZEN("JobManager frozen", true),
  /** kill -9 of everything but ZooKeeper at once; then everything is started again. */
  POWER_CUT("power cut", true),
  /** kill -9 of the broker, which is started again. */
  BROKER_KILLED("broker killed", false),
  /** SIGSTOP of the broker, then SIGCONT. */
  BROKER_FROZEN("broker frozen", false),
  /** The broker is shut down cleanly while transactions are open, and started again. */
  BROKER_RESTARTED("broker restarted in mid-transaction", false),
  /** The broker accepts no connections for a long time. */
  BROKER_REFUSES("broker refuses", false),
  /** The checkpoint folder runs out of space, and then has space again. */
  CHECKPOINTS_FULL("checkpoint folder full", false),
  /** The job is stopped with a savepoint and resumed at another parallelism. */
  RESCALED("rescaled", true),
  /** Thousands of unusable records at once. */
  POISON("poison flood", false);

  private final String words;
  private final boolean restores;

  Fault(String words, boolean restores) {
    this.words = words;
    this.restores = restores;
  }

  /** Whether the job must have restored a checkpoint or savepoint afterwards. */
  boolean restores() {
    return restores;
  }

  /** The fault's name for reports. */
  public String words() {
    return words;
  }
}
