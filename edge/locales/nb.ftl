# Meldinger for det ethvert kall kan si, på bokmål. En grunn heter <service>-<NAME>, som i protoene; tjenestenes
# egne meldinger ligger i services/*/locales.

## common

common-JSON_INVALID = Innholdet er ikke den JSON-en som dette kallet tar imot: { $problem }.
common-QUERY_INVALID = Spørringen er ikke det som dette kallet tar imot: { $problem }.
common-PATH_INVALID = Stien er ikke det som dette kallet tar imot: { $problem }.
common-VALIDATION_FAILED = Noen felter bryter reglene sine; de står i details.
common-HEADER_INVALID = Headeren { $header } kan ikke brukes: { $problem }.
common-ID_REQUIRED = Si hva det gjelder: sett id-en i stien, i spørringen eller i innholdet.
common-PAGE_INVALID = Siden kan ikke leses: { $problem }.
common-ROUTE_NOT_FOUND = Det finnes ingenting på denne stien.
common-METHOD_NOT_ALLOWED = Denne stien tar imot { $allow }.
common-NOT_ACCEPTABLE = Dette kallet svarer med { $offered }.
common-TOO_LARGE = Forespørselen er større enn de { $limit } bytene som dette kallet tar imot.
common-URI_TOO_LONG = Adressen er lengre enn { $limit } byte.
common-UNSUPPORTED_MEDIA_TYPE = Send application/json.
common-UNAUTHENTICATED = Logg inn og send tilgangsnøkkelen som Bearer.
common-TOKEN_INVALID = Tilgangsnøkkelen er ikke gyldig. Logg inn på nytt.
common-TOKEN_EXPIRED = Tilgangsnøkkelen er utløpt. Forny den.
common-TOKEN_REVOKED = Økten er avsluttet. Logg inn på nytt.
common-PERMISSION_DENIED = Kontoen din har ikke lov til dette.
common-RATE_LIMITED = For mange kall. Prøv igjen om { $seconds } s.
common-VERSION_MISMATCH = Den er endret i mellomtiden. Les den på nytt og gjenta endringen.
common-IDEMPOTENCY_KEY_REUSED = Denne Idempotency-Key ble brukt med en annen forespørsel. Bruk en ny.
common-CONTENDED = Andre endret det samme i samme øyeblikk, så ingenting ble endret. Prøv igjen.
common-IDEMPOTENCY_IN_PROGRESS = Det første kallet med denne Idempotency-Key kjører fortsatt, eller ble avbrutt. Prøv igjen; Retry-After sier når nøkkelen senest er ledig.
common-CANCELLED = Kallet ble avbrutt.
common-DEADLINE_EXCEEDED = Kallet tok for lang tid. Prøv igjen.
common-UNAVAILABLE = Denne delen av tjenesten er ikke tilgjengelig akkurat nå. Prøv igjen om litt.
common-OVERLOADED = For mye arbeid på én gang. Prøv igjen om litt.
common-STREAM_ENDED = Strømmen slutter her. Åpne den på nytt etter den siste meldingen du har.
common-TOO_MANY_STREAMS = Du har { $limit } åpne strømmer, og flere er ikke mulig. Lukk en av dem først.
common-INTERNAL = Noe gikk galt hos oss. Forespørselens id finnes i loggene våre.
common-UNIMPLEMENTED = Dette kallet finnes ikke her.
common-HTTP_INVALID = HTTP-forespørselen er ikke riktig bygd opp: { $problem }.
common-HEADERS_TOO_LARGE = En forespørsel har høyst { $fields } hodefelter, og { $bytes } byte av dem.
common-ENCODING_UNSUPPORTED = Send innholdet som det er, uten Content-Encoding.
common-SERVED_OVER_HTTP = Disse dataene hentes over HTTP, på stien som kallet oppgir. Avspilling svarer med hele adresser.
common-STORAGE_FULL = Ingenting kan lagres akkurat nå fordi disken er full; ingenting ble endret. Prøv igjen når driftsansvarlig har ryddet plass.
common-STORAGE_LOST = Ingenting kan lagres akkurat nå fordi lagringsplassen på disken er gått tapt; ingenting ble endret. Prøv igjen når driftsansvarlig har gjenopprettet den.
common-FILES_EXHAUSTED = Serveren får ikke åpne flere filer, så ingenting ble endret. Prøv igjen når den som drifter den har hevet grensen for åpne filer, eller andre har gått.
common-SERVICES_ONLY = Denne porten er for installasjonens egne tjenester. Bruk den åpne porten.
common-SERVICE_UNKNOWN = Installasjonens tjenester kjenner ikke hverandre akkurat nå. Prøv igjen.
