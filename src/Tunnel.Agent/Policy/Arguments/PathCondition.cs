using System.Buffers;
using System.Text.Json;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary>
/// <c>path_prefix</c>: an absolute path at or below a folder. A path that a server may resolve, decode or truncate
/// differently is refused, wherever it leads.
/// </summary>
/// <param name="prefix">A path that <see cref="IsPlain"/> accepts, without a slash at its end; empty for the root.</param>
internal sealed class PathCondition(string prefix) : ValueCondition("path_prefix", ValueKinds.Text)
{
    private const int MaxPathCharacters = 4096; // PATH_MAX of Linux

    // A backslash is a separator on Windows, "%" starts an escape, and the others become a dot, a slash or a backslash
    // in programs that fold compatible characters (Unicode NFKC).
    private static readonly SearchValues<char> Unclear = SearchValues.Create(
        "\\%\u2100\u2101\u2105\u2106\uFE19\uFE30\uFE6A\u2024\u2025\u2026\u2044\u2215\u2216\u29F5\u29F8\u29F9\uFE52\uFE68\uFF05\uFF0E\uFF0F\uFF3C"
    );

    public override bool Matches(JsonElement value, PrincipalClaims claims) =>
        JsonText.TryGet(value, out var text)
        && IsPlain(text)
        && text.StartsWith(prefix, StringComparison.Ordinal)
        && (text.Length == prefix.Length || text[prefix.Length] == '/');

    public override string ToString() => prefix;

    /// <summary>Whether a path is absolute and every reader finds the same parts in it. It may end with one slash.</summary>
    internal static bool IsPlain(string path)
    {
        if (
            path.Length is 0 or > MaxPathCharacters
            || path[0] != '/'
            || path.AsSpan().ContainsAny(Unclear)
            || path.EnumerateRunes().Any(VisibleText.IsUnseen) // some programs remove invisible characters
        )
        {
            return false;
        }

        var parts = path.AsSpan(1);
        if (parts.EndsWith('/'))
        {
            parts = parts[..^1];
            if (parts.IsEmpty)
            {
                return false; // "//"
            }
        }

        // Windows ignores trailing dots and spaces ("..  " is ".."); Java servers cut at a semicolon ("..;a" is "..").
        foreach (var range in parts.Split('/'))
        {
            var part = parts[range];
            var end = part.IndexOf(';');
            var name = end < 0 ? part : part[..end];
            if (part.IsEmpty ? parts.Length > 0 : !name.ContainsAnyExcept('.', ' '))
            {
                return false;
            }
        }

        return true;
    }
}
