/**
 * Lists, page by page: {@link dev.kassa.paging.Paging} is what a request asks for, {@link
 * dev.kassa.paging.Listing} reads it from a table, {@link dev.kassa.paging.Page} is the answer
 * (contract 2).
 */
@NullMarked
@CheckReturnValue
package dev.kassa.paging;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
