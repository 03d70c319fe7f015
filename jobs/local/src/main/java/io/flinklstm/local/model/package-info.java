/** Commands about model files and their cards: model inspect, check, convert, and card init. */
package io.flinklstm.local.model;
