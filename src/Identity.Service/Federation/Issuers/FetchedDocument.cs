namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>A fetched body, the information that it did not change, or the reason for a failure.</summary>
internal sealed record FetchedDocument
{
    /// <summary>Null if unchanged or failed.</summary>
    public ReadOnlyMemory<byte>? Body { get; private init; }

    /// <summary>The server confirmed the copy whose entity tag was sent.</summary>
    public bool IsUnchanged { get; private init; }

    public string? EntityTag { get; private init; }

    /// <summary>The source's own statement of how long the document is valid; null if there is none.</summary>
    public TimeSpan? MaxAge { get; private init; }

    /// <summary>The stable code of the failure, such as <c>issuer.private_address</c>; null if there is none.</summary>
    public string? Code { get; private init; }

    /// <summary>One sentence for the operator, without any text from the server; null if there is no failure.</summary>
    public string? Failure { get; private init; }

    /// <summary>The fetch failed because the body exceeds the limit.</summary>
    public bool IsTooLarge { get; init; }

    /// <summary>After which time a server that refused the request wants the next one; null if it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static FetchedDocument From(ReadOnlyMemory<byte> body, string? entityTag = null, TimeSpan? maxAge = null) =>
        new()
        {
            Body = body,
            EntityTag = entityTag,
            MaxAge = maxAge,
        };

    public static FetchedDocument Unchanged(string? entityTag, TimeSpan? maxAge = null) =>
        new()
        {
            IsUnchanged = true,
            EntityTag = entityTag,
            MaxAge = maxAge,
        };

    public static FetchedDocument Failed(string code, string reason) => new() { Code = code, Failure = reason };

    public FetchedDocument WithTag(string entityTag) => this with { EntityTag = entityTag };
}
