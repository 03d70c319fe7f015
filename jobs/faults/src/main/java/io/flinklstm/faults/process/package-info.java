/** Brokers, ZooKeeper and Flink as processes that can be killed, frozen and filled up. */
package io.flinklstm.faults.process;
