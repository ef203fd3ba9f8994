namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>A fetched body, the news that it did not change, or the reason why there is none.</summary>
internal sealed record FetchedDocument
{
    /// <summary>Null when unchanged or failed.</summary>
    public ReadOnlyMemory<byte>? Body { get; private init; }

    /// <summary>The copy whose entity tag was sent is still right.</summary>
    public bool IsUnchanged { get; private init; }

    public string? EntityTag { get; private init; }

    /// <summary>How long the source says it holds; null = it does not say.</summary>
    public TimeSpan? MaxAge { get; private init; }

    /// <summary>The stable code of the failure, such as <c>issuer.private_address</c>; null when there is none.</summary>
    public string? Code { get; private init; }

    /// <summary>One sentence for the operator, without anything that the server sent; null when there is no failure.</summary>
    public string? Failure { get; private init; }

    public static FetchedDocument Of(ReadOnlyMemory<byte> body, string? entityTag = null, TimeSpan? maxAge = null) =>
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
