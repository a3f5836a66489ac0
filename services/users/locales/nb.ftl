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
