/** Commands, each in a process of its own. */
@NullMarked
package dev.kassa.cli;

import org.jspecify.annotations.NullMarked;
