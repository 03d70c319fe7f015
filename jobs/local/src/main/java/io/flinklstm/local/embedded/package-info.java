/** A Kafka broker and the forecast job inside this JVM, and submit-local, which runs the job so. */
package io.flinklstm.local.embedded;
