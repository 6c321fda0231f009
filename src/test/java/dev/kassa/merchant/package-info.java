/** Who may do what. */
@NullMarked
package dev.kassa.merchant;

import org.jspecify.annotations.NullMarked;
