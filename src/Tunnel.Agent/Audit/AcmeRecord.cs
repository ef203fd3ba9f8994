namespace Culvert.Tunnel.Agent.Audit;

/// <summary>One step towards a public certificate. Empty members are not written.</summary>
internal sealed class AcmeRecord : AuditRecord
{
    /// <summary><c>order</c>, <c>challenge</c>, <c>certificate</c> or <c>failure</c>.</summary>
    public required string Event { get; init; }

    /// <summary>The host name.</summary>
    public required string Name { get; init; }

    /// <summary>Of the CA.</summary>
    public required string Directory { get; init; }

    /// <summary>At the CA.</summary>
    public string Account { get; init; } = "";

    /// <summary>Serial of the certificate that an order is to replace.</summary>
    public string Replaces { get; init; } = "";

    /// <summary>What a challenge showed to its validators: SHA-256 of the key authorization, in base64url.</summary>
    public string Digest { get; init; } = "";

    public string Serial { get; init; } = "";

    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>Code of a failure.</summary>
    public string Reason { get; init; } = "";

    public string Detail { get; init; } = "";
}
