using Culvert.Platform.Certificates;
using Culvert.Platform.Doctor;

namespace Culvert.Tunnel.Agent.Doctor.Certificates;

/// <summary>Leaf and key from files match, the key is private, and the chain is in order.</summary>
internal sealed class LeafFilesCheck : IDoctorCheck<CertificateFacts>
{
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    public string Id => "leaf_files";

    public DoctorFinding Run(CertificateFacts facts)
    {
        var files = facts.Settings.Certificates;
        if (!files.FromFiles)
        {
            return DoctorFinding.Skip(Id, "certificates.source is service: no files are used.");
        }

        if (facts.FilePair is not { } pair)
        {
            return DoctorFinding.Fail(
                Id,
                facts.FileProblem,
                "The agent serves the last pair that it could read; after a restart it has none.",
                $"Write the leaf and then its chain to {files.CertificateFile}, and its key, mode 0600, to {files.KeyFile}."
            );
        }

        if ((File.GetUnixFileMode(files.CertificateFile) & OthersWrite) != 0)
        {
            return DoctorFinding.Fail(
                Id,
                $"{files.CertificateFile} can be written by others.",
                "Anyone who can write it controls the certificate that clients see.",
                $"chmod go-w {files.CertificateFile}"
            );
        }

        return OutOfOrder(pair) is { } error
            ? DoctorFinding.Fail(
                Id,
                error,
                "Clients build the path from the certificates that they receive; many require the right order.",
                $"Write to {files.CertificateFile}: the leaf, then its intermediate certificates, without the root."
            )
            : DoctorFinding.Pass(
                Id,
                "Key and certificate belong together, and the chain is in order.",
                [pair.Certificate.Subject, .. pair.Chain.Select(issuer => $"signed by {issuer.Subject}")]
            );
    }

    // RFC 8446 §4.4.2: each certificate should directly certify the one before it.
    private static string? OutOfOrder(KeyAndCertificate pair)
    {
        var signed = pair.Certificate;
        foreach (var issuer in pair.Chain)
        {
            if (!signed.IssuerName.RawData.AsSpan().SequenceEqual(issuer.SubjectName.RawData))
            {
                return $"{signed.Subject} is followed by {issuer.Subject}, which did not sign it.";
            }

            signed = issuer;
        }

        return null;
    }
}
