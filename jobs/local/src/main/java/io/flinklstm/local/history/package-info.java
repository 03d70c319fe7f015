/** Series to train on and to judge by, read from CSV files or a topic. */
package io.flinklstm.local.history;
