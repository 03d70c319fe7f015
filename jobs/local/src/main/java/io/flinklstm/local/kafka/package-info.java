/** Access to a broker's topics, shared by the commands. */
package io.flinklstm.local.kafka;
