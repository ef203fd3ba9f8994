using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

/// <summary>What a look makes of a name. Pure.</summary>
/// <remarks>
/// <code>
///             proven     missing, unreachable                     unavailable
/// pending     active     pending                                  no change
/// active      active     active, suspended at the third daily     no change
/// suspended   active     suspended                                no change
/// </code>
/// </remarks>
internal static class HostnamePlan
{
    /// <summary>So many daily looks in a row without the proof suspend a name.</summary>
    public const int MaxMisses = 3;

    public static readonly TimeSpan CheckEvery = TimeSpan.FromDays(1);

    /// <param name="hostname">As it is.</param>
    /// <param name="result">What was found.</param>
    /// <param name="isDaily">Looks on demand count no misses: impatience suspends nothing.</param>
    public static (string State, long Misses) Next(Hostname hostname, ProofResult result, bool isDaily)
    {
        if (result == ProofResult.Proven)
        {
            return (HostnameState.Active, 0);
        }

        if (result == ProofResult.Unavailable || hostname.State != HostnameState.Active || !isDaily)
        {
            return (hostname.State, hostname.Misses);
        }

        var misses = hostname.Misses + 1;
        return (misses >= MaxMisses ? HostnameState.Suspended : HostnameState.Active, misses);
    }
}
