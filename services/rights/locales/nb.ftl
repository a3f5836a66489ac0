## rights

rights-PLAN_NOT_FOUND = Det finnes ikke noe abonnement { $plan }. GET /subscriptions viser dem.
rights-ALREADY_SUBSCRIBED = Du abonnerer allerede på { $plan }. Si det opp først.
rights-PAYMENT_DECLINED = Betalingen ble avvist. Bruk et annet betalingsmiddel.
rights-SUBSCRIPTION_NOT_FOUND = Du har ikke noe slikt løpende abonnement.
rights-SUBSCRIPTION_AMBIGUOUS = Flere abonnementer løper ({ $ids }). Si hvilket med id-en.
rights-PAYMENT_METHOD_UNKNOWN = Et slikt betalingsmiddel finnes ikke. Send et som betalingsskjemaet ga.
rights-REQUEST_CANCELLED = Du avsluttet abonnementet før det var betalt. Ingenting blir belastet; abonner på nytt om du vil ha det.
rights-PAYMENTS_OFF = Her selges det ikke noe for tiden.
rights-PLAN_CODE_TAKEN = Et annet abonnement har koden { $code }. Velg en annen.
rights-PLAN_IN_USE = Kontoer har dette abonnementet, så prisen blir stående. Ta det ut av salg og lag et nytt.
rights-PLAN_LIMIT = Høyst { $limit } abonnementer er i salg samtidig. Ta ett ut av salg først.
rights-RULE_NOT_FOUND = Det finnes ingen slik regel.
rights-RULE_EXISTS = Regelen { $rule } gjelder de samme titlene. Endre den.
rights-CONTENT_NOT_FOUND = Det finnes ingen slik tittel.
rights-NOT_FOR_SALE = Denne tittelen kan ikke kjøpes. details viser hva som åpner den.
rights-NOT_FOR_RENT = Denne tittelen kan ikke leies. details viser hva som åpner den.
rights-DURATION_NOT_OFFERED = Denne tittelen leies ikke ut i { $hours } timer. details viser hva som tilbys.
rights-ALREADY_OWNED = Du eier denne tittelen allerede.
rights-ALREADY_RENTED = Du har leid denne tittelen til { $until }.
rights-ORDER_NOT_FOUND = Det finnes ikke noe slikt kjøp eller slik leie.
rights-NOT_REFUNDABLE = Den er ikke betalt, så det er ingenting å gi tilbake.
rights-TERMS_INVALID = Disse vilkårene kan ikke lagres. Rett feltene som details nevner.
rights-GIFT_NOT_FOUND = Koden finnes ikke, eller den kan ikke løses inn lenger.
rights-GIFT_USED_UP = Koden er løst inn så mange ganger som den kan.
rights-GIFT_REDEEMED = Kontoen din har allerede løst inn denne koden.
