## payments

payments-PAYMENT_NOT_FOUND = Det finnes ingen slik betaling.
payments-PAYMENTS_OFF = Ingen tar imot betaling her for tiden.
payments-PAYMENT_MISMATCH = En annen betaling har denne id-en.
payments-NOT_CHARGED = Ingenting er tatt, så det er ingenting å gi tilbake.
payments-SIGNATURE_INVALID = Hendelsen er ikke signert av betalingstjenesten, eller den ble signert for lenge siden.
