/** Kafka, ZooKeeper and Flink as processes that can be killed and frozen. */
package io.flinklstm.faults.process;
