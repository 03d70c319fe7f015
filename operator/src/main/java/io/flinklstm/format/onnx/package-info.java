/** Reads ONNX files: traces the graph and finds the LSTM and linear layers in it. */
@NullMarked
package io.flinklstm.format.onnx;

import org.jspecify.annotations.NullMarked;
