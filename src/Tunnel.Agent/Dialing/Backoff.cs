using System.Security.Cryptography;

namespace Culvert.Tunnel.Agent.Dialing;

/// <summary>
/// How long to wait before the next dial: doubling with jitter, so that an edge that comes back is neither missed for
/// long nor met by all agents in the same second.
/// </summary>
internal static class Backoff
{
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);

    // A restarted edge must be found again soon: its clients have no other way in.
    public static readonly TimeSpan Most = TimeSpan.FromSeconds(10);

    /// <summary>Pure: the delay after so many failures in a row, for a jitter from 0 to 1.</summary>
    public static TimeSpan Delay(int failures, double jitter)
    {
        var full = Math.Min(Most.TotalMilliseconds, First.TotalMilliseconds * Math.Pow(2, Math.Min(failures, 16)));
        return TimeSpan.FromMilliseconds(full * (0.5 + (0.5 * Math.Clamp(jitter, 0, 1))));
    }

    public static TimeSpan Delay(int failures) => Delay(failures, RandomNumberGenerator.GetInt32(0, 1001) / 1000.0);
}
