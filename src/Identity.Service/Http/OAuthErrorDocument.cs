namespace Culvert.Identity.Service.Http;

/// <summary>RFC 6749 §5.2: the error of a form request.</summary>
[SchemaOnly]
internal sealed record OAuthErrorDocument
{
    public required string Error { get; init; }

    public required string ErrorDescription { get; init; }

    public required string ErrorUri { get; init; }

    public required string RequestId { get; init; }

    public required bool Retryable { get; init; }
}
