@NullMarked
package dev.kassa.database;

import org.jspecify.annotations.NullMarked;
