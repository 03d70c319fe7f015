package io.flinklstm.local.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;

/** What a package logs at a level and above, by default WARN, while this is open. */
public final class CapturedLog implements AutoCloseable {

  private final LoggerContext context = LoggerContext.getContext(false);
  private final String name;
  private final List<String> messages = new CopyOnWriteArrayList<>();

  public CapturedLog(String name) {
    this(name, Level.WARN);
  }

  public CapturedLog(String name, Level level) {
    this.name = name;
    AbstractAppender appender =
        new AbstractAppender("captured", null, null, true, Property.EMPTY_ARRAY) {
          @Override
          public void append(LogEvent event) {
            messages.add(event.getMessage().getFormattedMessage());
          }
        };
    appender.start();
    LoggerConfig logger = new LoggerConfig(name, level, false);
    logger.addAppender(appender, null, null);
    context.getConfiguration().addLogger(name, logger);
    context.updateLoggers();
  }

  public List<String> messages() {
    return messages;
  }

  @Override
  public void close() {
    context.getConfiguration().removeLogger(name);
    context.updateLoggers();
  }
}
