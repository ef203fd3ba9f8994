namespace Culvert.Machine.Client.Stored;

/// <summary>The platform credential in the state directory: one file, so that key and certificate always match.</summary>
internal sealed record StoredIdentity
{
    public required string Url { get; init; }

    public required string Subject { get; init; }

    public required PlatformEnrolment Enrolment { get; init; }

    public required string KeyPem { get; init; }

    /// <summary>Why the service withdrew the certificate, which is not used again; null while it is valid.</summary>
    public string? Withdrawal { get; init; }

    // Never prints the key.
    public override string ToString() => $"{nameof(StoredIdentity)} {Enrolment.Certificate.Serial}";
}
