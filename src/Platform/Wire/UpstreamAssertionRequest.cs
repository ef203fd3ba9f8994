using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Body of <c>POST /v1/agent/assertions</c>.</summary>
/// <param name="Route">The route that the assertion speaks for: one label of a host name, or <c>@</c>.</param>
/// <param name="Audience">The receiver, as it is in <c>aud</c>: one of the tunnel's <c>assertion_audiences</c>.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record UpstreamAssertionRequest(string Route, string Audience)
{
    // RFC 1035 §2.3.4
    private const int MaxLabel = 63;

    /// <summary>Whether the text is the name of a route: a label in lower case, or <c>@</c> for the tunnel's domain.</summary>
    public static bool IsRoute(string route) =>
        route == "@"
        || (
            route.Length is > 0 and <= MaxLabel
            && route[0] != '-'
            && route[^1] != '-'
            && route.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
        );
}
