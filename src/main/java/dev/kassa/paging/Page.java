package dev.kassa.paging;

import java.util.List;
import java.util.function.Function;

/** A page of a list, in the shape of contract 2.1. */
public record Page<T>(
        List<T> content,
        long totalElements,
        long totalPages,
        int pageNumber,
        int pageSize,
        boolean first,
        boolean last) {

    /** The page that was asked for, of a list of {@code total} elements. */
    public static <T> Page<T> of(List<T> content, long total, Paging paging) {
        long pages = (total + paging.size() - 1) / paging.size();
        return new Page<>(
                content,
                total,
                pages,
                paging.number(),
                paging.size(),
                paging.number() == 0,
                paging.number() >= pages - 1);
    }

    /** The same page with each element turned into another. */
    public <R> Page<R> map(Function<T, R> mapping) {
        return new Page<>(
                content.stream().map(mapping).toList(),
                totalElements,
                totalPages,
                pageNumber,
                pageSize,
                first,
                last);
    }
}
