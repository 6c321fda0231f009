package dev.kassa.portal;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A form that moves money, shows a secret or changes who may do what: whoever sends it must have
 * shown who they are in the last five minutes, and is asked again otherwise.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface StepUp {}
