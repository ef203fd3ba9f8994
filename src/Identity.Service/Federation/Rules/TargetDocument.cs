namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>A rule's <c>target</c> on the wire.</summary>
internal sealed record TargetDocument
{
    public const string ServiceAccountType = "service_account";

    public string Type { get; init; } = ServiceAccountType;

    public required string ServiceAccountId { get; init; }

    /// <summary>Read-only: a value in a request is ignored, because clients send back members of responses.</summary>
    public string? ServiceAccountName { get; init; }
}
