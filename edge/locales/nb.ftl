# Meldinger for alle grunner på bokmål. En grunn heter <service>-<NAME>, som i protoene.

## admin

admin-AUDIT_RECORD_NOT_FOUND = Det finnes ingen slik revisjonspost.

## auth

auth-EMAIL_TAKEN = Denne adressen har allerede en konto. Logg inn, eller bruk en annen adresse.
auth-CREDENTIALS_WRONG = Adressen eller passordet er feil.
auth-PASSWORD_TOO_SHORT = Et passord har minst { $min } tegn.
auth-PASSWORD_TOO_LONG = Et passord har høyst { $max } tegn.
auth-PASSWORD_TOO_COMMON = Dette passordet er blant de første alle prøver. Velg et som andre ikke bruker, og som ikke inneholder adressen din, navnet ditt eller vårt.
auth-PASSWORD_BLANK = Et passord er mer enn mellomrom. Velg et som kan ses.
auth-REFRESH_TOKEN_INVALID = Fornyelsesnøkkelen er ikke gyldig. Logg inn på nytt.
auth-REFRESH_TOKEN_EXPIRED = Fornyelsesnøkkelen er utløpt. Logg inn på nytt.
auth-REFRESH_TOKEN_REUSED = Fornyelsesnøkkelen er brukt før, derfor ble økten avsluttet. Logg inn på nytt.

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

## content

content-MOVIE_NOT_FOUND = Det finnes ingen slik film.
content-CONTENT_NOT_FOUND = Det finnes ingen slik tittel.
content-ORDER_UNKNOWN = Listen kan ikke sorteres etter { $order }. Den kan sorteres etter { $offered }.
content-SERIES_NOT_FOUND = Det finnes ingen slik serie.
content-EPISODE_NOT_FOUND = Det finnes ingen slik episode.
content-SEASON_NOT_FOUND = Serien har ingen sesong { $season }. Legg den til i serien først.
content-EPISODE_NUMBER_TAKEN = Sesong { $season } har allerede en episode { $episode }. Gi denne et annet nummer.
content-SERIES_NOT_EMPTY = Serien har { $episodes } episoder. Slett dem først, eller arkiver serien.
content-SEASON_NOT_EMPTY = Sesong { $season } har { $episodes } episoder. Slett dem eller flytt dem til en annen sesong først.
content-SEASON_REPEATED = Det er to sesonger { $season }. Gi hver sesong sitt eget nummer.
content-VIDEO_NOT_FOUND = Det finnes ingen slik video.
content-PLAYLIST_NOT_FOUND = Det finnes ingen slik spilleliste.
content-POSITION_UNKNOWN = Endringene etter denne posisjonen huskes ikke lenger: de huskes i tre dager. Åpne strømmen uten posisjon, les katalogen og fortsett derfra.
content-PERSON_NOT_FOUND = Det finnes ingen slik person.
content-PERSON_CREDITED = { $titles } titler krediterer denne personen. Ta personen ut av rulletekstene først.
content-WINDOW_INVALID = Et tidsvindu slutter etter at det begynner. Utelat slutten der det ikke har noen.

## livetv

livetv-CHANNEL_NOT_FOUND = Det finnes ingen slik kanal.
livetv-ORDER_UNKNOWN = Listen kan ikke sorteres etter { $order }. Den kan etter { $offered }.
livetv-GUIDE_ID_TAKEN = En annen kanal heter { $guide } i programoversikter. Velg en annen guideId.
livetv-WINDOW_INVALID = Programoversikten leses for et tidsrom som slutter etter at det begynner, og som er høyst { $days } dager langt.
livetv-WINDOW_TOO_FULL = Det er mer i dette tidsrommet enn ett svar rommer. Be om et kortere.
livetv-GUIDE_INVALID = Programoversikten kan ikke leses: { $problem }.
livetv-GUIDE_BUSY = Andre programoversikter lastes opp. Prøv igjen om litt.
livetv-GUIDE_UNFINISHED = Bare en del av programoversikten ble tatt: { $created } nye, { $updated } endrede og { $deleted } slettede programmer på { $channels } kanaler. Last den opp igjen: det som ble tatt, skrives ikke to ganger.

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

## search

search-WINDOW_TOO_LARGE = limit og offset er til sammen høyst { $max }.
search-REBUILD_RUNNING = Indeksen bygges allerede på nytt.
search-INDEX_UNAVAILABLE = Søket er ikke tilgjengelig akkurat nå. Prøv igjen om litt.

## streaming

streaming-ACCESS_DENIED = Denne tittelen er ikke åpen for deg: { $basis }.
streaming-CONTENT_NOT_FOUND = Det finnes ingen slik tittel.
streaming-MEDIA_NOT_READY = Denne tittelen kan ikke spilles av ennå. Prøv igjen senere.
streaming-MEDIA_INVALID = Mediene kan ikke publiseres: { $problem }.
streaming-PLAY_TOKEN_INVALID = Denne adressen er ikke gyldig. Start avspillingen på nytt.
streaming-PLAY_TOKEN_EXPIRED = Denne adressen er utløpt. Start avspillingen på nytt.
streaming-QUALITY_NOT_INCLUDED = Abonnementet ditt gir ikke denne kvaliteten. Spill av det som hovedspillelisten viser.
streaming-MEDIA_NOT_FOUND = Denne tittelen har ingen slik fil.
streaming-RANGE_NOT_SATISFIABLE = Området ligger utenfor filens { $size } byte.
streaming-PREFETCH_REFUSED = Avspillingen starter når en seer ber om det, ikke på forhånd.
streaming-STREAM_LIMIT = Kontoen din spiller av så mye på en gang som den kan: { $limit }. Stopp en av strømmene som er listet i details, eller vent til en slutter.
streaming-PLAY_SESSION_NOT_FOUND = Det finnes ingen slik avspilling. Start avspillingen på nytt.
streaming-NOT_WATCHED = Profilen har ikke spilt av denne tittelen.
streaming-CHANNEL_NOT_FOUND = Det finnes ingen slik kanal.
streaming-CHANNEL_OFF_AIR = Denne kanalen sender ikke for øyeblikket. Prøv igjen senere.
streaming-CHANNEL_NOT_READY = Denne kanalen har ennå ingen strøm som kan spilles av. Prøv igjen senere.

## users

users-USER_NOT_FOUND = Det finnes ingen slik konto.
users-PROFILE_NOT_FOUND = Kontoen din har ingen slik profil.
users-PROFILE_NAME_TAKEN = Kontoen din har en profil som heter { $name }. Velg et annet navn.
users-PROFILE_LIMIT = En konto har høyst { $limit } profiler. Slett en først.
users-PROFILE_LAST = En konto beholder minst én profil.
users-USERNAME_TAKEN = Brukernavnet { $username } er tatt. Velg et annet.
users-PROFILE_PROOF_REQUIRED = Dette krever profilens PIN-kode eller kontoens passord.
users-PIN_WRONG = PIN-koden er feil.
users-PIN_LOCKED = For mange feil PIN-koder. Vent et kvarter, eller bruk kontoens passord.
users-PROFILE_LOCKED = Dette kan ikke gjøres fra en barneprofil. Velg først profilen til en voksen, med PIN-kode eller passord.
users-PROFILE_KIDS_DEFAULT = Standardprofilen er ikke for barn. Gjør først en annen profil til standard.
users-PROFILE_BOUND = Denne økten er bundet til en annen profil. Velg den profilen først.
users-CONTENT_NOT_FOUND = Denne tittelen finnes ikke.
users-WATCHLIST_FULL = En liste har høyst { $limit } titler. Ta først en av listen.
users-RATING_NOT_FOUND = Denne profilen har ikke vurdert tittelen.
users-RATING_LIMIT = En profil har høyst { $limit } vurderinger. Trekk først en tilbake.
users-OWN_ACCOUNT = Du kan ikke sperre eller slette din egen konto. Be en annen administrator om det.
users-EMAIL_FIXED = En kontos adresse endres ikke her. Utelat `email`.
auth-ACCOUNT_EXISTS = Adressen tilhører en konto som ble registrert { $created } som { $name } ({ $id }), og dette er ikke passordet. Sett et nytt, eller forsikre deg om hvem kontoen tilhører.
auth-ACCOUNT_NOT_FOUND = Adressen har ingen konto.
auth-ACCOUNT_BLOCKED = Denne kontoen er sperret. Spør dem som driver tjenesten.
auth-TICKET_INVALID = Billetten er ikke gyldig: den åpner én strøm, innen 30 sekunder, på stien den ble laget for. Be om en ny.
