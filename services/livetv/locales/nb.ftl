## livetv

livetv-CHANNEL_NOT_FOUND = Det finnes ingen slik kanal.
livetv-ORDER_UNKNOWN = Listen kan ikke sorteres etter { $order }. Den kan etter { $offered }.
livetv-GUIDE_ID_TAKEN = En annen kanal heter { $guide } i programoversikter. Velg en annen guideId.
livetv-WINDOW_INVALID = Programoversikten leses for et tidsrom som slutter etter at det begynner, og som er høyst { $days } dager langt.
livetv-WINDOW_TOO_FULL = Det er mer i dette tidsrommet enn ett svar rommer. Be om et kortere.
livetv-GUIDE_INVALID = Programoversikten kan ikke leses: { $problem }.
livetv-GUIDE_BUSY = Andre programoversikter lastes opp. Prøv igjen om litt.
livetv-GUIDE_UNFINISHED = Bare en del av programoversikten ble tatt: { $created } nye, { $updated } endrede og { $deleted } slettede programmer på { $channels } kanaler. Last den opp igjen: det som ble tatt, skrives ikke to ganger.
