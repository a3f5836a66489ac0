## search

search-WINDOW_TOO_LARGE = limit og offset er til sammen høyst { $max }.
search-REBUILD_RUNNING = Indeksen bygges allerede på nytt.
search-INDEX_UNAVAILABLE = Søket er ikke tilgjengelig akkurat nå. Prøv igjen om litt.
