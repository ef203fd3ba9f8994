namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>A fetched body or the reason why there is none: exactly one of both is set.</summary>
internal readonly record struct FetchedDocument(ReadOnlyMemory<byte>? Body, string? Failure)
{
    public static FetchedDocument Of(ReadOnlyMemory<byte> body) => new(body, null);

    public static FetchedDocument Failed(string reason) => new(null, reason);
}
