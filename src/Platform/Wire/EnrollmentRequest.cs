namespace Culvert.Platform.Wire;

/// <summary>What the bodies of enrolments of agents and edges have in common.</summary>
public abstract record EnrollmentRequest : AssertedRequest
{
    /// <summary>PKCS#10 as PEM; only its public key is used.</summary>
    public required string Csr { get; init; }
}
