/** The demo: broker, job and a week of trades in one command. */
package io.flinklstm.local.demo;
