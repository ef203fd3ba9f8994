using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>A rule's conditions other than names.</summary>
/// <param name="issuerOf">Returns the <c>iss</c> of the rule's issuer, which a feed may change.</param>
internal sealed class CompiledRule(
    int place,
    PolicyRule rule,
    Func<string, string> issuerOf,
    IReadOnlyList<string> scopes
)
{
    private readonly string[] groups = [.. rule.Groups];
    private readonly string[] scopes = [.. scopes];
    private readonly string[] workloads = [.. rule.Workloads];

    /// <summary>The position in the file.</summary>
    public int Place => place;

    public bool IsDeny { get; } = rule.Effect == PolicyEffect.Deny;

    public ArgumentConstraints? Arguments => rule.Arguments;

    public bool HasAnswer => rule.Answer is not null;

    public IReadOnlyList<JsonPointer> Masked => rule.Masked;

    /// <summary>The same rule for callers that are known to be in one of its groups.</summary>
    public CompiledRule WithoutGroups() => new(place, rule with { Groups = [] }, issuerOf, scopes);

    public bool IsFor(in Caller caller) => IsFrom(caller) && (!rule.HasPrincipal || IsForPrincipal(caller.Principal));

    private bool IsForPrincipal(Principal? principal) =>
        principal is not null
        && (rule.Issuer.Length == 0 || string.Equals(issuerOf(rule.Issuer), principal.Issuer, StringComparison.Ordinal))
        && (rule.Subject.Length == 0 || string.Equals(rule.Subject, principal.Subject, StringComparison.Ordinal))
        && (rule.ClientId.Length == 0 || string.Equals(rule.ClientId, principal.ClientId, StringComparison.Ordinal))
        && (scopes.Length == 0 || HasScope(principal))
        && (groups.Length == 0 || HasGroup(principal));

    private bool IsFrom(in Caller caller) =>
        (rule.Via.Count == 0 || rule.Via.Contains(caller.Via, StringComparer.Ordinal))
        && (rule.Sources.IsEmpty || (caller.Address is { } address && rule.Sources.Contains(address)))
        && (workloads.Length == 0 || HasWorkload(caller.Workload));

    private bool HasWorkload(string name)
    {
        foreach (var pattern in workloads)
        {
            if (name.Length > 0 && Glob.Matches(pattern, name))
            {
                return true;
            }
        }

        return false;
    }

    private bool HasScope(Principal principal)
    {
        foreach (var scope in scopes)
        {
            if (principal.Scopes.Contains(scope))
            {
                return true;
            }
        }

        return false;
    }

    private bool HasGroup(Principal principal)
    {
        foreach (var group in groups)
        {
            if (principal.Groups.Contains(group))
            {
                return true;
            }
        }

        return false;
    }
}
