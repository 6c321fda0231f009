package dev.kassa.paging;

/**
 * Which page of a list is asked for.
 *
 * @param number from 0
 * @param size elements of a page
 */
public record Paging(int number, int size) {
    /** How many elements come before the page. */
    public long offset() {
        return (long) number * size;
    }
}
