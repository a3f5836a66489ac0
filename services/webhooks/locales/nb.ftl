## webhooks

webhooks-WEBHOOK_NOT_FOUND = Det finnes ingen slik webhook.
webhooks-WEBHOOK_LIMIT = Det finnes høyst { $limit } webhooker. Slett en først.
webhooks-WEBHOOK_DISABLED = Denne webhooken er slått av. Slå den på først.
webhooks-DELIVERY_NOT_FOUND = Det finnes ingen slik levering.
webhooks-WEBHOOK_SECRET_LIMIT = Høyst { $limit } hemmeligheter signerer samtidig. Bytt igjen etter { $until }, eller med retirePrevious, som avslutter alle før.
