namespace Culvert.Identity.Cli.SignIn;

internal sealed record SignInProvider
{
    /// <summary>Its issuer URL, which also locates its metadata.</summary>
    public required Uri Issuer { get; init; }

    public required string ClientId { get; init; }

    /// <summary>Audience of the access token to exchange (RFC 8707); null = the <c>id_token</c> is exchanged.</summary>
    public string? Audience { get; init; }

    /// <summary>Scopes in addition to <c>openid</c>, separated by spaces; many providers need one for groups.</summary>
    public string Scopes { get; init; } = "";

    /// <summary>The only trusted roots; null = the system's.</summary>
    public string? CaFile { get; init; }
}
