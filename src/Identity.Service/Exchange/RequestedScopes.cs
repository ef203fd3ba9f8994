using Culvert.Identity.Service.Federation.Workspaces;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Exchange;

/// <summary>Reads the <c>scope</c> parameter (RFC 6749 §3.3) and narrows it to the grant.</summary>
internal static class RequestedScopes
{
    /// <summary>
    /// Accepts existing scopes with single spaces between them and refuses anything else, so that no component reads
    /// another scope into a request than the service does.
    /// </summary>
    /// <param name="scopes">Null if the request names none.</param>
    public static bool TryRead(string? text, out IReadOnlyList<string>? scopes)
    {
        scopes = null;
        if (text is null)
        {
            return true;
        }

        var names = text.Split(' ');
        if (names.Length > Scopes.All.Count || names.Any(name => !Scopes.All.Contains(name)))
        {
            return false;
        }

        scopes = names;
        return true;
    }

    /// <summary>
    /// Returns the requested scope if the rule and the role grant all of it, and the subject token too if this service
    /// issued it. Without a request, returns everything that all of them have. Null if the request exceeds the grant or
    /// nothing is left.
    /// </summary>
    /// <param name="granted">The scopes of the rule that take effect in the workspace.</param>
    /// <param name="ceiling">The scope of a subject token of this service; null for an assertion, which has none.</param>
    /// <returns>Separated by spaces, in the rule's order.</returns>
    public static string? Narrow(GrantedScopes granted, string? ceiling, IReadOnlyList<string>? requested)
    {
        if (ceiling is null && requested is null)
        {
            return granted.Text;
        }

        var held = ceiling?.Split(' ') ?? granted.InOrder;
        if (requested is not null && requested.Any(scope => !held.Contains(scope) || !granted.Set.Contains(scope)))
        {
            return null;
        }

        var narrowed = string.Join(' ', granted.InOrder.Where((requested ?? held).Contains));
        return narrowed.Length > 0 ? narrowed : null;
    }
}
