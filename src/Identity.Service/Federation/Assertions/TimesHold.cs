using System.Globalization;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// RFC 7523 §3 (4)–(6), stricter: <c>iat</c> is mandatory, and <c>exp</c> − <c>iat</c> is bounded by the issuer's
/// record. The leeway applies to each comparison with the service's clock.
/// </summary>
/// <param name="longest">Bounds <c>exp</c> − <c>iat</c> further; null = the issuer's record alone does.</param>
internal sealed class TimesHold(Current<FederationOptions> options, TimeSpan? longest = null)
    : ImmediateCheck(AssertionSteps.Times)
{
    private readonly int longestSeconds = (int)(longest?.TotalSeconds ?? int.MaxValue);

    protected override Denial? Check(AssertionContext context)
    {
        var claims = context.Claims;
        if (!claims.TryFind("exp"u8, out var exp) || !exp.TryReadNumericDate(out var expiresAt))
        {
            return new Denial(DenialReason.ExpInvalid);
        }

        if (!claims.TryFind("iat"u8, out var iat) || !iat.TryReadNumericDate(out var issuedAt))
        {
            return new Denial(DenialReason.IatInvalid);
        }

        var notBefore = 0L;
        if (claims.TryFind("nbf"u8, out var nbf) && !nbf.TryReadNumericDateRoundedUp(out notBefore))
        {
            return new Denial(DenialReason.NbfInvalid);
        }

        context.ExpiresAt = expiresAt;
        return CheckClock(context.Now.ToUnixTimeMilliseconds(), expiresAt, issuedAt, notBefore)
            ?? CheckLifetime(expiresAt - issuedAt, Math.Min(context.Rule.Issuer.MaxJwtLifetimeSeconds, longestSeconds));
    }

    public override void Describe(AssertionContext context, TraceStep step)
    {
        if (
            context.Claims.TryFind("iat"u8, out var iat)
            && iat.TryReadNumericDate(out var issuedAt)
            && context.Claims.TryFind("exp"u8, out var exp)
            && exp.TryReadNumericDate(out var expiresAt)
        )
        {
            var delta = context.Now.ToUnixTimeSeconds() - issuedAt;
            context.Trace!.ClockDeltaSeconds = delta;
            step.LifeSeconds = expiresAt - issuedAt;
            step.AgeSeconds = delta;
        }
    }

    private Denial? CheckClock(long nowMs, long expiresAt, long issuedAt, long notBefore)
    {
        var leewayMs = (long)options.Value.Leeway.TotalMilliseconds;
        // RFC 7519 §4.1.4: not accepted on or after exp.
        if (nowMs >= (expiresAt * 1000) + leewayMs)
        {
            return new Denial(DenialReason.TokenExpired, Seconds("expired for", nowMs - (expiresAt * 1000)));
        }

        if (issuedAt * 1000 > nowMs + leewayMs)
        {
            return new Denial(DenialReason.IssuedInFuture, Seconds("ahead by", (issuedAt * 1000) - nowMs));
        }

        return notBefore * 1000 > nowMs + leewayMs
            ? new Denial(DenialReason.NotYetValid, Seconds("ahead by", (notBefore * 1000) - nowMs))
            : null;
    }

    private static Denial? CheckLifetime(long seconds, int longest)
    {
        if (seconds <= 0)
        {
            return new Denial(DenialReason.LifetimeInvalid);
        }

        return seconds > longest
            ? new Denial(
                DenialReason.LifetimeTooLong,
                string.Create(CultureInfo.InvariantCulture, $"{seconds} s instead of at most {longest} s")
            )
            : null;
    }

    private static string Seconds(string what, long milliseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{what} {milliseconds / 1000} s");
}
