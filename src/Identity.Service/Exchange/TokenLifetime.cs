using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Exchange;

internal static class TokenLifetime
{
    /// <summary>The shortest lifetime, even if the assertion expires sooner.</summary>
    public const int MinSeconds = 60;

    /// <summary>The longest lifetime of a token for the enrolment of machines.</summary>
    public const int MaxMachineSeconds = 3600;

    /// <summary>
    /// Twice the remaining lifetime of the assertion, so that a workload with short assertions exchanges less often; at
    /// most what the rule grants, at least a minute.
    /// </summary>
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
