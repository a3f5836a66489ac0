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
auth-SESSION_NOT_FOUND = Du er ikke logget inn der, eller ikke lenger.
auth-RESET_LINK_INVALID = Denne lenken virker ikke lenger: Den virker én gang, innen en time. Be om en ny.
auth-MAIL_OFF = Denne installasjonen sender ingen e-post. Be dem som driver tjenesten om et nytt passord.
