namespace Culvert.Platform.Wire;

/// <summary>The form of all errors on 8443 and 8444.</summary>
public sealed record ErrorEnvelope
{
    public string Type { get; init; } = "error";

    public required ErrorBody Error { get; init; }

    public string? RequestId { get; init; }
}
