// Package streamverse calls a StreamVerse installation by gRPC.
//
// A [Client] has every service of the public port as a field, with the token sent and refreshed, calls repeated where
// that does no harm, and refusals as [*Error] with a stable [Reason]. [Pages] reads lists, [Client.Play] plays.
package streamverse
