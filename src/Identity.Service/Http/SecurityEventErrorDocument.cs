namespace Culvert.Identity.Service.Http;

/// <summary>RFC 8935 §2.3: why a security event token is refused.</summary>
internal sealed record SecurityEventErrorDocument
{
    public required string Err { get; init; }

    public required string Description { get; init; }
}
