using System.Net;

namespace Culvert.Identity.Service.Federation.Exchange;

/// <summary>A well-formed request to the token endpoint.</summary>
internal sealed record ExchangeRequest
{
    /// <summary>Stands for the organization's default workspace.</summary>
    public const string DefaultWorkspace = "default";

    /// <summary>The JWT as sent, ASCII or not: the token's own checks decide.</summary>
    public required ReadOnlyMemory<byte> Assertion { get; init; }

    public required string RuleId { get; init; }

    public required string OrganizationId { get; init; }

    /// <summary>Whom the caller expects to act as; null = whoever the rule says.</summary>
    public string? ServiceAccountId { get; init; }

    /// <summary>An id, <see cref="DefaultWorkspace"/>, or null.</summary>
    public string? WorkspaceId { get; init; }

    public required string RequestId { get; init; }

    public required IPAddress Source { get; init; }

    public string? UserAgent { get; init; }

    // A record would print the assertion.
    public override string ToString() => $"{nameof(ExchangeRequest)} {{ RuleId = {RuleId}, RequestId = {RequestId} }}";
}
