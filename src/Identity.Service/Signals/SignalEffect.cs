using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Issuers;

namespace Culvert.Identity.Service.Signals;

/// <summary>What a token causes, all its events together.</summary>
/// <param name="Events">The names of its event types.</param>
/// <param name="Subject">The person whose access is withdrawn; null = the token is only recorded.</param>
/// <param name="OccurredAt">When the last of the withdrawing events occurred; without one, the time of the token.</param>
/// <param name="IgnoredBecause">Why an event has no effect; null if none was ignored.</param>
internal sealed record SignalEffect(
    IReadOnlyList<string> Events,
    string? Subject,
    DateTimeOffset OccurredAt,
    string? IgnoredBecause
)
{
    public const string UnknownEvent = "event_unknown";
    public const string UnknownSubject = "subject_unknown";

    public static Result<SignalEffect> Decide(SecurityEventToken token, Issuer issuer, SignalStream stream)
    {
        string? person = null;
        string? ignored = null;
        var latest = 0L;
        foreach (var signal in token.Events)
        {
            switch (SignalEvents.GetAction(signal))
            {
                case SignalAction.Ignore:
                    ignored ??= UnknownEvent;
                    break;
                case SignalAction.Withdraw:
                    var identifier = token.Subject ?? signal.Payload.FindObject("subject"u8);
                    if (identifier is null || SignalSubject.Find(identifier, issuer, stream) is not { } subject)
                    {
                        ignored = UnknownSubject;
                        break;
                    }

                    // RFC 8417 §2: the events of one token are about one subject.
                    if (person is not null && person != subject)
                    {
                        return SignalErrors.InvalidRequest.Refuse("events: all of them must have the same subject.");
                    }

                    person = subject;
                    latest = Math.Max(latest, GetTime(token, signal));
                    break;
                default:
                    break;
            }
        }

        return new SignalEffect(
            [.. token.Events.Select(signal => UntrustedText.Bounded(SignalEvents.GetName(signal.Type)))],
            person,
            DateTimeOffset.FromUnixTimeSeconds(person is null ? GetTime(token, token.Events[0]) : latest),
            ignored
        );
    }

    private static long GetTime(SecurityEventToken token, SecurityEvent signal) =>
        token.OccurredAt ?? signal.OccurredAt ?? token.IssuedAt;
}
