namespace Culvert.Identity.Cli.SignIn;

/// <summary>The identity provider at which a person signs in.</summary>
internal sealed record SignInProvider
{
    /// <summary>Its issuer URL, which is also where its metadata is.</summary>
    public required Uri Issuer { get; init; }

    /// <summary>This program's own registration there: a public client.</summary>
    public required string ClientId { get; init; }

    /// <summary>
    /// RFC 8707: the audience of the requested access token, which is then exchanged. Null = the <c>id_token</c> is,
    /// whose audience is the client.
    /// </summary>
    public string? Audience { get; init; }

    /// <summary>Scopes to request in addition to <c>openid</c>, separated by spaces; many providers give groups only for one.</summary>
    public string Scopes { get; init; } = "";

    /// <summary>The only roots that may vouch for it; null = the system's.</summary>
    public string? CaFile { get; init; }
}
