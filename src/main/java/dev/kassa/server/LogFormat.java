package dev.kassa.server;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How log lines look. Until the settings are read they are text, as logback.xml says. */
enum LogFormat {
    TEXT {
        @Override
        void use() {}
    },
    JSON {
        @Override
        void use() {
            if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                    && context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("STDERR")
                            instanceof ConsoleAppender<ILoggingEvent> appender) {
                JsonEncoder encoder = new JsonEncoder();
                encoder.setContext(context);
                encoder.setWithFormattedMessage(true);
                encoder.setWithMessage(false);
                encoder.setWithArguments(false);
                encoder.setWithContext(false);
                encoder.setWithSequenceNumber(false);
                encoder.setWithNanoseconds(false);
                encoder.start();
                appender.setEncoder(encoder);
            }
        }
    };

    /** Turns the log of this process to this format. */
    abstract void use();

    static LogFormat parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
