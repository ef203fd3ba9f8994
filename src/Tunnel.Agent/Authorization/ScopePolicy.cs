using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>Decides which scopes a request needs, and whether a token has them (A13).</summary>
internal sealed class ScopePolicy(OauthSettings oauth)
{
    private readonly Dictionary<string, IReadOnlyList<string>> implied = new(
        oauth.ScopeHierarchy,
        StringComparer.Ordinal
    );

    /// <summary>The scopes that every request needs.</summary>
    public IReadOnlyList<string> Base => oauth.RequiredScopes;

    /// <summary>Whether the body must be read because some operations need further scopes.</summary>
    public bool DependsOnOperation => oauth.OperationScopes.Count > 0;

    /// <summary>All scopes that an operation needs, those of the route included.</summary>
    public IReadOnlyList<string> For(McpMessage message)
    {
        var operations = GetNames(message);
        return
        [
            .. oauth
                .RequiredScopes.Concat(
                    oauth
                        .OperationScopes.Where(o => operations.Any(name => Glob.Matches(o.Pattern, name)))
                        .SelectMany(o => o.Scopes)
                )
                .Distinct(StringComparer.Ordinal),
        ];
    }

    /// <summary>Whether the scopes of a token, with all that they imply, include the needed ones.</summary>
    public bool IsCovered(IReadOnlySet<string> granted, IReadOnlyList<string> needed) =>
        needed.All(granted.Contains) || (implied.Count > 0 && Expand(granted) is var all && needed.All(all.Contains));

    // The names that operation_scopes may have for it: the method, and its target. A response to a request of the server
    // is not an operation.
    private static string[] GetNames(McpMessage message)
    {
        var method = message.Method;
        if (method.Length == 0)
        {
            return [];
        }

        var family = method[..(method.IndexOf('/', StringComparison.Ordinal) + 1)];
        return McpMethods.FindTarget(method, out _) is null ? [method] : [method, family + message.Name];
    }

    private HashSet<string> Expand(IReadOnlySet<string> granted)
    {
        var all = new HashSet<string>(granted, StringComparer.Ordinal);
        var open = new Queue<string>(granted);
        while (open.TryDequeue(out var scope))
        {
            foreach (var narrower in implied.GetValueOrDefault(scope) ?? [])
            {
                if (all.Add(narrower))
                {
                    open.Enqueue(narrower);
                }
            }
        }

        return all;
    }
}
