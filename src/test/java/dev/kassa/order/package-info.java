@NullMarked
package dev.kassa.order;

import org.jspecify.annotations.NullMarked;
