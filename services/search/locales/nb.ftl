## search

search-WINDOW_TOO_LARGE = limit og offset er til sammen høyst { $max }.
search-REBUILD_RUNNING = Indeksen bygges allerede på nytt.
search-INDEX_UNAVAILABLE = Søket er ikke tilgjengelig akkurat nå. Prøv igjen om litt.
search-SYNONYM_NOT_FOUND = Disse synonymene finnes ikke.
search-PIN_NOT_FOUND = Denne festingen finnes ikke.
search-PIN_EXISTS = Festingen { $pin } gjelder den samme teksten. Endre den i stedet.
search-TUNING_LIMIT = Det kan være høyst { $limit } av disse. Slett en først.
search-TUNING_INVALID = Dette kan det ikke søkes etter. Rett feltene som details nevner.
