## admin

admin-AUDIT_RECORD_NOT_FOUND = Det finnes ingen slik revisjonspost.
admin-JOB_NOT_FOUND = Det finnes ingen slik jobb.
admin-JOB_RUNNING = Jobben { $job } kjører akkurat nå. Vent til den er ferdig.
admin-WORK_NOT_FOUND = Det finnes ikke noe slikt arbeid. Det kan være gjort.
admin-WORK_RUNNING = Arbeidet { $work } gjøres akkurat nå. Vent til det er ferdig.
admin-TEST_CLOCK_OFF = Testklokker finnes bare i utviklingsprofilen (server.profile).
admin-TEST_CLOCK_BACKWARDS = En testklokke går bare framover: den viser { $now }. Oppgi et senere toTime, eller bySeconds over 0.
admin-TEST_CLOCK_TOO_FAR = En testklokke går høyst { $days } dager framover om gangen, og ti år i alt. Gå dit i flere omganger.
admin-DEAD_LETTER_NOT_FOUND = Det finnes ikke noe slikt dødt brev. Det kan være spilt av på nytt eller forkastet.
