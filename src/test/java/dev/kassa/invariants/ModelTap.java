package dev.kassa.invariants;

/**
 * A tap. While its payment is not known, its key asks the acquirer and holds no card to anything.
 */
record ModelTap(PaymentModel model, ModelSession session, String card)
        implements ModelRequests.Verb {
    @Override
    public int first() {
        return model.tap(session, card);
    }

    @Override
    public boolean isProvisional() {
        return session.inFlight != null;
    }

    @Override
    public int again() {
        return model.look(session);
    }
}
