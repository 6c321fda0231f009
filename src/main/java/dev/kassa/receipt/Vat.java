package dev.kassa.receipt;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The tax of one rate on a receipt, in minor units; {@code grossAmount} includes it.
 *
 * @param taxRate basis points; null for tax of the order that none of its lines has
 */
record Vat(@Nullable Integer taxRate, long netAmount, long taxAmount, long grossAmount) {
    /**
     * One for each rate, the highest first. Taxes are as the lines have them: shops round line by
     * line, and a receipt that rounded otherwise would contradict their books. What the order's own
     * tax has beyond its lines stands last, so that the taxes always add up to it.
     */
    public static List<Vat> of(List<ReceiptLine> lines, long orderTaxAmount, long orderAmount) {
        Map<Integer, long[]> byRate = new TreeMap<>(Comparator.reverseOrder());
        long tax = 0;
        long gross = 0;
        for (ReceiptLine line : lines) {
            long[] sums = byRate.computeIfAbsent(line.taxRate(), rate -> new long[2]);
            sums[0] += line.totalTaxAmount();
            sums[1] += line.totalAmount();
            tax += line.totalTaxAmount();
            gross += line.totalAmount();
        }
        List<Vat> rates = new ArrayList<>();
        byRate.forEach(
                (rate, sums) -> rates.add(new Vat(rate, sums[1] - sums[0], sums[0], sums[1])));
        long otherTax = orderTaxAmount - tax;
        long otherGross = orderAmount - gross;
        if (otherTax != 0 || otherGross != 0) {
            rates.add(new Vat(null, otherGross - otherTax, otherTax, otherGross));
        }
        return rates;
    }
}
