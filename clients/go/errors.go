package streamverse

import (
	"errors"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// Reason says why a call was refused, and stays the same over versions. It is an error, for
// errors.Is(err, streamverse.ReasonEmailTaken).
type Reason string

func (r Reason) Error() string { return string(r) }

// Violation is a field that breaks a rule.
type Violation struct{ Field, Rule, Description string }

// Error is a call that failed. Programs go by the reason; the message is for people.
type Error struct {
	Code codes.Code
	// E.g. EMAIL_TAKEN. The code's name where the failure was not told by the server.
	Reason Reason
	// Who told the reason, e.g. "auth.streamverse"; empty where the server did not.
	Domain string
	// What happened and what to do, in the language that was asked for.
	Message string
	// The values of the message, by name.
	Values map[string]string
	// The fields that break rules, with VALIDATION_FAILED.
	Violations []Violation
	// After which trying again makes sense; 0 where nothing is said.
	RetryAfter time.Duration
	// All details, e.g. *streamingv1.ActiveStreams with STREAM_LIMIT; see Detail.
	Details []proto.Message
	// Finds the call in the server's log.
	RequestID string

	pushedBack bool
	status     *status.Status
}

func (e *Error) Error() string {
	text := string(e.Reason) + ": " + e.Message
	for _, violation := range e.Violations {
		text += "; " + violation.Field + ": " + violation.Description
	}
	return text
}

// passing says whether the same call may succeed a moment later: nobody answers, or the server has too much to do.
func (e *Error) passing() bool {
	return e.Code == codes.Unavailable || e.Domain != "" && e.Reason == ReasonOverloaded
}

// Is tells reasons: errors.Is(err, streamverse.ReasonStreamLimit).
func (e *Error) Is(target error) bool {
	reason, ok := target.(Reason)
	return ok && reason == e.Reason
}

// GRPCStatus gives what gRPC's own functions read.
func (e *Error) GRPCStatus() *status.Status { return e.status }

// Detail returns the detail of a type that an error carries:
// streamverse.Detail[*rightsv1.Offers](err) with ACCESS_DENIED.
func Detail[M proto.Message](err error) (found M, ok bool) {
	var ours *Error
	if !errors.As(err, &ours) {
		return found, false
	}
	for _, detail := range ours.Details {
		if found, ok = detail.(M); ok {
			return found, true
		}
	}
	return found, false
}

func errorOf(err error, header, trailer metadata.MD) *Error {
	told := status.Convert(err)
	ours := &Error{
		Code:       told.Code(),
		Reason:     Reason(codeName(told.Code())),
		Message:    told.Message(),
		RequestID:  first(header, trailer, "x-request-id"),
		pushedBack: strings.HasPrefix(first(header, trailer, "grpc-retry-pushback-ms"), "-"),
		status:     told,
	}
	for _, detail := range told.Details() {
		// One of a type that this program does not know is an error here.
		message, ok := detail.(proto.Message)
		if !ok {
			continue
		}
		ours.Details = append(ours.Details, message)
		switch is := message.(type) {
		case *errdetails.ErrorInfo:
			ours.Reason, ours.Domain, ours.Values = Reason(is.Reason), is.Domain, is.Metadata
		case *errdetails.LocalizedMessage:
			ours.Message = is.Message
		case *errdetails.BadRequest:
			for _, v := range is.FieldViolations {
				ours.Violations = append(ours.Violations, Violation{v.Field, v.Reason, v.Description})
			}
		case *errdetails.RetryInfo:
			ours.RetryAfter = is.RetryDelay.AsDuration()
		}
	}
	return ours
}

func first(header, trailer metadata.MD, name string) string {
	for _, value := range append(header.Get(name), trailer.Get(name)...) {
		return value
	}
	return ""
}

// codeName is the canonical name, e.g. DEADLINE_EXCEEDED.
func codeName(code codes.Code) string {
	var name strings.Builder
	for i, letter := range code.String() {
		if i > 0 && letter >= 'A' && letter <= 'Z' && code != codes.OK {
			name.WriteByte('_')
		}
		name.WriteRune(letter)
	}
	return strings.ToUpper(name.String())
}

func sessionIsOver(err error) bool {
	for _, over := range []Reason{
		ReasonRefreshTokenInvalid, ReasonRefreshTokenExpired, ReasonRefreshTokenReused, ReasonAccountBlocked,
	} {
		if errors.Is(err, over) {
			return true
		}
	}
	return false
}
