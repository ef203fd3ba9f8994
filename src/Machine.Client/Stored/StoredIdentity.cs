namespace Culvert.Machine.Client.Stored;

/// <summary>The platform credential in the state directory: one file, so that key and certificate always fit.</summary>
internal sealed record StoredIdentity
{
    /// <summary>The service that it is from.</summary>
    public required string Url { get; init; }

    /// <summary>The machine that it is for.</summary>
    public required string Subject { get; init; }

    public required PlatformEnrolment Enrolment { get; init; }

    public required string KeyPem { get; init; }

    /// <summary>What the service said when it withdrew the certificate: a restart does not use it again. Null while it holds.</summary>
    public string? Withdrawal { get; init; }

    // Never the key.
    public override string ToString() => $"{nameof(StoredIdentity)} {Enrolment.Certificate.Serial}";
}
