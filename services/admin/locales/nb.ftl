## admin

admin-AUDIT_RECORD_NOT_FOUND = Det finnes ingen slik revisjonspost.
