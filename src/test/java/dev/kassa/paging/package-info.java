/** Lists. */
@NullMarked
package dev.kassa.paging;

import org.jspecify.annotations.NullMarked;
