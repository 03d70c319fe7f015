/** Topics of a broker, as commands ask for them. */
package io.flinklstm.local.kafka;
