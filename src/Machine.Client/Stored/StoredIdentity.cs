using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Stored;

/// <summary>The platform credential in the state directory: one file, so that key and certificate always match.</summary>
/// <param name="Withdrawal">
/// Why the service withdrew the certificate, which is not used again; null while it is valid.
/// </param>
internal sealed record StoredIdentity(
    string Url,
    string Subject,
    MachineEnrollment Enrolment,
    string KeyPem,
    string? Withdrawal = null
)
{
    // Never prints the key.
    public override string ToString() => $"{nameof(StoredIdentity)} {Enrolment.Certificate.Serial}";
}
