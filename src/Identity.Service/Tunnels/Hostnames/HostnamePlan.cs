using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

/// <summary>The effect of a check on a name. Pure.</summary>
/// <remarks>
/// <code>
///            proven     missing, unreachable                     unavailable
/// pending    active     pending                                  no change
/// active     active     active, suspended after the third daily  no change
/// suspended  active     suspended                                no change
/// </code>
/// </remarks>
internal static class HostnamePlan
{
    /// <summary>This many consecutive daily checks without the proof suspend a name.</summary>
    public const int MaxMisses = 3;

    public static readonly TimeSpan CheckEvery = TimeSpan.FromDays(1);

    /// <param name="hostname">Its current state.</param>
    /// <param name="result">The result of the check.</param>
    /// <param name="isDaily">Only daily checks count misses; checks on demand never suspend a name.</param>
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
