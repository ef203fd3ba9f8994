using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Exchange;

/// <summary>How long an access token lives.</summary>
internal static class TokenLifetime
{
    /// <summary>Shortest life of an access token, even if the assertion ends sooner.</summary>
    public const int MinSeconds = 60;

    /// <summary>Longest life of a token that machines enrol with.</summary>
    public const int MaxMachineSeconds = 3600;

    /// <summary>
    /// Twice what the assertion has left, so that a workload with short assertions need not exchange all the time; at
    /// most what the rule grants, at least a minute.
    /// </summary>
    /// <param name="scope">What is granted, separated by spaces.</param>
    public static int OfAssertion(CompiledRule rule, string scope, long remainingSeconds)
    {
        var granted = Math.Min(rule.Rule.TokenLifetimeSeconds, 2 * remainingSeconds);
        var isForMachines = rule.IsForMachines && IsForMachines(scope);
        return (int)Math.Min(isForMachines ? MaxMachineSeconds : int.MaxValue, Math.Max(MinSeconds, granted));
    }

    private static bool IsForMachines(string scope)
    {
        foreach (var range in scope.AsSpan().Split(' '))
        {
            if (scope.AsSpan(range) is Scopes.TunnelAgent or Scopes.EdgeServe or Scopes.CertificateIssue)
            {
                return true;
            }
        }

        return false;
    }
}
