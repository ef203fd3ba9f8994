namespace Culvert.Identity.Service.Connections;

/// <summary>The result of a request to a token endpoint: tokens, or the grant is refused, or neither is known.</summary>
internal sealed record UpstreamAnswer
{
    /// <summary>Null if there is no token.</summary>
    public UpstreamTokens? Tokens { get; private init; }

    /// <summary><c>invalid_grant</c>: the code or the refresh token is of no more use.</summary>
    public bool IsGrantRefused { get; private init; }

    public static UpstreamAnswer Refused { get; } = new() { IsGrantRefused = true };

    public static UpstreamAnswer Unavailable { get; } = new();

    public static UpstreamAnswer Issued(UpstreamTokens tokens) => new() { Tokens = tokens };
}
