/** A Kafka broker and the forecast job inside this JVM, and the command submit-local. */
package io.flinklstm.local.embedded;
