package dev.kassa.merchant;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * How chosen passwords are looked at.
 *
 * @param breachedUrl the range API of Have I Been Pwned; null to ask nobody
 */
public record PasswordSettings(@Nullable URI breachedUrl) {}
