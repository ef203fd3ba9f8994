using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Culvert.Platform.Timing;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Credentials;

/// <summary>
/// Computes when to renew, as pure functions. The point is two thirds of the lifetime, counted from issuance because
/// notBefore is backdated, and spread over a fleet. The server's window has priority.
/// </summary>
public static class RenewalPlan
{
    // Share of the whole lifetime, to either side of the two thirds.
    private const double Spread = 0.05;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestRetryWithout = TimeSpan.FromSeconds(30);

    /// <summary>The instant of the renewal; in the past when it is due. See <see cref="GetUnit"/>.</summary>
    public static DateTimeOffset RenewAt(CertificateDocument certificate, double unit) =>
        RenewAt(certificate.IssuedAt, certificate.NotAfter, certificate.RenewAfter, certificate.RenewBefore, unit);

    /// <summary>The same, from the times of a certificate.</summary>
    public static DateTimeOffset RenewAt(
        DateTimeOffset issuedAt,
        DateTimeOffset notAfter,
        DateTimeOffset after,
        DateTimeOffset before,
        double unit
    )
    {
        var life = notAfter - issuedAt;
        var spread = life * Spread;
        var point = issuedAt + (life * (2.0 / 3)) + (spread * ((2 * unit) - 1));
        if (after > before || after > notAfter)
        {
            return point; // the window is empty or begins after the expiry
        }

        // Outside the window, the near edge is moved inwards by the same share, so that the fleet stays spread.
        var margin = (before - after) * (unit / 2);
        return point < after ? after + margin
            : point > before ? before - margin
            : point;
    }

    /// <summary>The instant in the service's suggested window, by the machine's own unit from 0 to below 1.</summary>
    public static DateTimeOffset Within(SuggestedWindow window, double unit) =>
        window.End > window.Start ? window.Start + ((window.End - window.Start) * unit) : window.End;

    /// <summary>The machine's own position in a window, from 0 to below 1; the same after each restart.</summary>
    public static double GetUnit(string machine) =>
        BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(machine)))
        / (uint.MaxValue + 1.0);

    /// <summary>How long to wait after a failure.</summary>
    /// <param name="failures">Failures in a row, at least 1.</param>
    /// <param name="remaining">Remaining life of what is renewed; zero or less when there is nothing.</param>
    /// <param name="unit">Random, from 0 to below 1.</param>
    public static TimeSpan RetryAfter(int failures, TimeSpan remaining, double unit)
    {
        // While a certificate is valid, a quarter of its remaining life bounds the wait: several attempts always fit.
        var longest =
            remaining > TimeSpan.Zero
                ? TimeSpan.FromTicks(Math.Clamp(remaining.Ticks / 4, ShortestRetry.Ticks, LongestRetry.Ticks))
                : LongestRetryWithout;
        return new Backoff(FirstRetry, longest).After(failures, unit);
    }
}
