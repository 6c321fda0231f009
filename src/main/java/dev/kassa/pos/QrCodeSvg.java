package dev.kassa.pos;

import io.nayuki.qrcodegen.QrCode;

/** A text as a QR code in SVG. */
public final class QrCodeSvg {
    /** Modules of white around it, as the standard asks. */
    private static final int QUIET = 4;

    private QrCodeSvg() {}

    /** Draws {@code text}, dark on white whatever lies behind it. */
    public static String of(String text) {
        QrCode code = QrCode.encodeText(text, QrCode.Ecc.MEDIUM);
        int side = code.size + 2 * QUIET;
        StringBuilder path = new StringBuilder();
        for (int y = 0; y < code.size; y++) {
            for (int x = 0; x < code.size; x++) {
                if (code.getModule(x, y)) {
                    path.append("M%d,%dh1v1h-1z".formatted(x + QUIET, y + QUIET));
                }
            }
        }
        return """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges">
        <rect width="100%%" height="100%%" fill="#fff"/><path d="%s" fill="#000"/>
        </svg>
        """
                .formatted(side, side, path);
    }
}
