using System.Collections.Frozen;

namespace Culvert.Identity.Service.Federation.Workspaces;

internal sealed class GrantedScopes
{
    public static readonly GrantedScopes None = new([]);

    private GrantedScopes(IReadOnlyList<string> scopes)
    {
        InOrder = scopes;
        Set = scopes.ToFrozenSet(StringComparer.Ordinal);
        Text = string.Join(' ', scopes);
    }

    public IReadOnlyList<string> InOrder { get; }

    public FrozenSet<string> Set { get; }

    /// <summary>In the form of <c>scope</c> (RFC 6749 §3.3).</summary>
    public string Text { get; }

    public bool IsEmpty => InOrder.Count == 0;

    /// <summary>Roles are about this service: they do not limit what a rule grants for routes.</summary>
    public static GrantedScopes ForRoutes(IReadOnlyList<string> scopes) => new(scopes);

    public static GrantedScopes From(IReadOnlyList<string> scopes, Rights rights)
    {
        var granted = scopes.Where(rights.Allow).ToList();
        return granted.Count == 0 ? None : new GrantedScopes(granted);
    }
}
