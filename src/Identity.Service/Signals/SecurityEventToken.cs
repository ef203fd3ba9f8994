using System.Text;
using Culvert.Identity.Service.Errors;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Signals;

/// <summary>The claims of a security event token (RFC 8417 §2.2) whose signature, issuer and audience were verified.</summary>
/// <param name="TokenId">Its <c>jti</c>.</param>
/// <param name="IssuedAt">Seconds since 1970.</param>
/// <param name="OccurredAt">Its <c>toe</c>; null = it has none.</param>
/// <param name="Subject">Its <c>sub_id</c> (RFC 9493 §4.1); null = each event names its own subject.</param>
internal sealed record SecurityEventToken(
    string TokenId,
    long IssuedAt,
    long? OccurredAt,
    ClaimSet? Subject,
    IReadOnlyList<SecurityEvent> Events
)
{
    /// <summary>How late a token may arrive.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromDays(7);

    public const int MaxTokenIdLength = 256;

    public const int MaxEvents = 16;

    public const int MaxTypeLength = 512;

    /// <param name="leeway">How far the transmitter's clock may be ahead.</param>
    public static Result<SecurityEventToken> Read(ClaimSet claims, DateTimeOffset now, TimeSpan leeway)
    {
        if (claims.FindString("jti"u8) is not { Length: >= 1 and <= MaxTokenIdLength } id)
        {
            return Refuse($"jti: a text of 1 to {MaxTokenIdLength} characters is required.");
        }

        if (!claims.TryFind("iat"u8, out var iat) || !iat.TryReadNumericDate(out var issuedAt))
        {
            return Refuse("iat: a number of seconds since 1970 is required.");
        }

        var latest = (now + leeway).ToUnixTimeSeconds();
        if (issuedAt > latest)
        {
            return Refuse("iat: the time is in the future.");
        }

        if (issuedAt < (now - MaxAge).ToUnixTimeSeconds())
        {
            return Refuse($"iat: the token is older than {MaxAge.Days} days.");
        }

        // RFC 8417 §4.6 and OpenID SSF 1.0 §4.1.7: without it, no token of another kind passes as an event.
        if (claims.TryFind("exp"u8, out _))
        {
            return Refuse("exp: a security event token does not expire.");
        }

        if (!TryReadTime(claims, "toe"u8, latest, out var occurredAt))
        {
            return Refuse("toe: a number of seconds since 1970, not in the future, is required.");
        }

        ClaimSet? subject = null;
        if (claims.TryFind("sub_id"u8, out _) && (subject = claims.FindObject("sub_id"u8)) is null)
        {
            return Refuse("sub_id: an object is required.");
        }

        return ReadEvents(claims, latest).TryGet(out var events, out var refusal)
            ? new SecurityEventToken(id, issuedAt, occurredAt, subject, events)
            : refusal;
    }

    private static Result<SecurityEvent[]> ReadEvents(ClaimSet claims, long latest)
    {
        if (claims.FindObject("events"u8) is not { Count: >= 1 and <= MaxEvents } all)
        {
            return Refuse($"events: an object with 1 to {MaxEvents} events is required.");
        }

        var events = new SecurityEvent[all.Count];
        foreach (var (index, type) in all.Names.Index())
        {
            if (type.Length is 0 or > MaxTypeLength || all.FindObject(Encoding.UTF8.GetBytes(type)) is not { } payload)
            {
                return Refuse($"events: each is an object, and its name has 1 to {MaxTypeLength} characters.");
            }

            if (!TryReadTime(payload, "event_timestamp"u8, latest, out var occurredAt))
            {
                return Refuse("event_timestamp: a number of seconds since 1970, not in the future, is required.");
            }

            events[index] = new SecurityEvent(type, payload, occurredAt);
        }

        return events;
    }

    // True with null if the claim is absent.
    private static bool TryReadTime(ClaimSet claims, ReadOnlySpan<byte> name, long latest, out long? time)
    {
        time = null;
        if (!claims.TryFind(name, out var claim))
        {
            return true;
        }

        if (!claim.TryReadNumericDate(out var seconds) || seconds > latest)
        {
            return false;
        }

        time = seconds;
        return true;
    }

    private static Refusal Refuse(string message) => SignalErrors.InvalidRequest.Refuse(message);
}
