using System.Diagnostics.CodeAnalysis;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>A route from <c>init --route NAME=URL</c>.</summary>
internal sealed record InitialRoute(string Name, string Origin, string Path, bool IsLoopback)
{
    private const string UsualPath = "/mcp";

    /// <summary>A URL without path gets the usual one. The reader of the file reports all other errors.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out InitialRoute? route)
    {
        route = null;
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (
            equals <= 0
            || !Uri.TryCreate(text[(equals + 1)..], UriKind.Absolute, out var url)
            || url.Scheme is not ("http" or "https")
            || url is not { UserInfo: "", Query: "", Fragment: "", Host.Length: > 0 }
        )
        {
            return false;
        }

        var says = text.EndsWith('/') || url.AbsolutePath != "/";
        route = new InitialRoute(
            text[..equals],
            url.GetLeftPart(UriPartial.Authority),
            says ? url.AbsolutePath : UsualPath,
            url.IsLoopback
        );
        return true;
    }
}
