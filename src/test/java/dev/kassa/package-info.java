/** Tests of the whole: a real server over HTTP on a real PostgreSQL. */
@NullMarked
package dev.kassa;

import org.jspecify.annotations.NullMarked;
