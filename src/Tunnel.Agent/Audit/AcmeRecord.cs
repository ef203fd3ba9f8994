namespace Culvert.Tunnel.Agent.Audit;

/// <summary>A step towards a public certificate. Empty members are not written.</summary>
internal sealed class AcmeRecord : AuditRecord
{
    /// <summary><c>order</c>, <c>challenge</c>, <c>certificate</c> or <c>failure</c>.</summary>
    public required string Event { get; init; }

    public required string Name { get; init; }

    public required string Directory { get; init; }

    public string Account { get; init; } = "";

    /// <summary>The serial of the certificate that an order replaces.</summary>
    public string Replaces { get; init; } = "";

    /// <summary>The challenge's SHA-256 of the key authorization, in base64url.</summary>
    public string Digest { get; init; } = "";

    public string Serial { get; init; } = "";

    public DateTimeOffset? NotAfter { get; init; }

    public string Reason { get; init; } = "";

    public string Detail { get; init; } = "";
}
