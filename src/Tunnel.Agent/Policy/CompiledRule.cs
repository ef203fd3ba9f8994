using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>A rule's conditions besides the names, with the issuer's name resolved.</summary>
internal sealed class CompiledRule(int place, PolicyRule rule, string issuer, IReadOnlyList<string> scopes)
{
    private readonly string[] groups = [.. rule.Groups];
    private readonly string[] scopes = [.. scopes];

    /// <summary>In the file.</summary>
    public int Place => place;

    public bool IsDeny { get; } = rule.Effect == PolicyEffect.Deny;

    /// <summary>The same rule for callers that are known to be in one of its groups.</summary>
    public CompiledRule WithoutGroups() => new(place, rule with { Groups = [] }, issuer, scopes);

    public bool IsFor(Principal? principal) =>
        !rule.HasPrincipal
        || (
            principal is not null
            && (issuer.Length == 0 || string.Equals(issuer, principal.Issuer, StringComparison.Ordinal))
            && (rule.Subject.Length == 0 || string.Equals(rule.Subject, principal.Subject, StringComparison.Ordinal))
            && (rule.ClientId.Length == 0 || string.Equals(rule.ClientId, principal.ClientId, StringComparison.Ordinal))
            && (scopes.Length == 0 || HasScope(principal))
            && (groups.Length == 0 || HasGroup(principal))
        );

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
