namespace Culvert.Identity.Service.OAuthClients;

/// <summary>The body of a complete answer, or why there is none.</summary>
internal sealed record FetchedClientDocument
{
    /// <summary>Null if the fetch failed.</summary>
    public ReadOnlyMemory<byte>? Body { get; private init; }

    /// <summary>The lifetime that the server states; null = none.</summary>
    public TimeSpan? MaxAge { get; private init; }

    /// <summary>The stable code of the failure, such as <c>oauth_client.private_address</c>; null if there is none.</summary>
    public string? Code { get; private init; }

    /// <summary>
    /// One sentence for the operator, never for the caller: it may contain addresses of the service's network.
    /// </summary>
    public string Detail { get; private init; } = "";

    /// <summary>The server says that the document does not exist (404 or 410).</summary>
    public bool IsGone { get; private init; }

    public static FetchedClientDocument From(ReadOnlyMemory<byte> body, TimeSpan? maxAge = null) =>
        new() { Body = body, MaxAge = maxAge };

    public static FetchedClientDocument Failed(string code, string detail, bool isGone = false) =>
        new()
        {
            Code = code,
            Detail = detail,
            IsGone = isGone,
        };
}
