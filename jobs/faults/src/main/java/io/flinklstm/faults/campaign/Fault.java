package io.flinklstm.faults.campaign;

/** What a run is disturbed by. */
public enum Fault {
  /** kill -9 of a TaskManager that the job uses; another one is started. */
  TASK_MANAGER_KILLED("TaskManager killed", true),
  /** SIGSTOP of a TaskManager that the job uses, beyond the heartbeat timeout, then SIGCONT. */
  TASK_MANAGER_FROZEN("TaskManager frozen", true),
  /** kill -9 of the JobManager; another one is started and finds the job in ZooKeeper. */
  JOB_MANAGER_KILLED("JobManager killed", true),
  /** SIGSTOP of the JobManager, beyond its ZooKeeper session, then SIGCONT. */
  JOB_MANAGER_FROZEN("JobManager frozen", true),
  /** kill -9 of everything but ZooKeeper at once; all of it is started again. */
  POWER_CUT("power cut", true),
  /** kill -9 of the broker, which is started again. */
  BROKER_KILLED("broker killed", false),
  /** SIGSTOP of the broker, then SIGCONT. */
  BROKER_FROZEN("broker frozen", false),
  /** The broker is stopped in order while transactions are open, and started again. */
  BROKER_RESTARTED("broker restarted in mid-transaction", false),
  /** No connection to the broker is accepted for long. */
  BROKER_REFUSES("broker refuses", false),
  /** No space is left in the checkpoint folder, and then there is some again. */
  CHECKPOINTS_FULL("checkpoint folder full", false),
  /** Savepoint, stop, and on at another parallelism. */
  RESCALED("rescaled", true),
  /** Thousands of records that cannot be used, at once. */
  POISON("poison flood", false);

  private final String words;
  private final boolean restores;

  Fault(String words, boolean restores) {
    this.words = words;
    this.restores = restores;
  }

  /** Whether the job must have gone on from a checkpoint or savepoint afterwards. */
  boolean restores() {
    return restores;
  }

  /** For people. */
  public String words() {
    return words;
  }
}
