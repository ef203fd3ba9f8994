using System.Globalization;
using Culvert.Platform.Certificates;
using Culvert.Platform.Doctor;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Doctor.Certificates;

/// <summary>The leaf of inner TLS, from the service or from files.</summary>
internal static class LeafChecks
{
    public const string Files = "leaf_files";
    public const string Certificate = "inner_certificate";
    public const string Names = "inner_names";
    public const string Chain = "inner_chain";

    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    // Leaves from files have no renewal window: an operator should have renewed them before this part of the lifetime.
    private const double LastPart = 1.0 / 6;

    /// <summary>Leaf and key from files match, the key is private, and the chain is in order.</summary>
    public static DoctorFinding CheckFiles(CertificateFacts facts)
    {
        var files = facts.Settings.Certificates;
        if (!files.FromFiles)
        {
            return DoctorFinding.Skip(Files, "certificates.source is service: no files are used.");
        }

        if (facts.FilePair is not { } pair)
        {
            return DoctorFinding.Fail(
                Files,
                facts.FileProblem,
                "The agent serves the last pair that it could read; after a restart it has none.",
                $"Write the leaf and then its chain to {files.CertificateFile}, and its key, mode 0600, to {files.KeyFile}."
            );
        }

        if ((File.GetUnixFileMode(files.CertificateFile) & OthersWrite) != 0)
        {
            return DoctorFinding.Fail(
                Files,
                $"{files.CertificateFile} can be written by others.",
                "Anyone who can write it controls the certificate that clients see.",
                $"chmod go-w {files.CertificateFile}"
            );
        }

        return OutOfOrder(pair) is { } error
            ? DoctorFinding.Fail(
                Files,
                error,
                "Clients build the path from the certificates that they receive; many require the right order.",
                $"Write to {files.CertificateFile}: the leaf, then its intermediate certificates, without the root."
            )
            : DoctorFinding.Pass(
                Files,
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

    /// <summary>The leaf of inner TLS exists, is valid, and is renewed in time.</summary>
    public static DoctorFinding CheckCertificate(CertificateFacts facts)
    {
        if (facts.Leaf is not { } leaf)
        {
            return Missing(facts);
        }

        var document = facts.Settings.Certificates.FromFiles ? null : facts.State.ServerDocument;
        return Judge(facts, leaf, document) with { Evidence = Evidence(facts, leaf, document) };
    }

    private static DoctorFinding Missing(CertificateFacts facts)
    {
        if (facts.Settings.Certificates.FromFiles)
        {
            return DoctorFinding.Skip(Certificate, "Rests on leaf_files.");
        }

        return facts.State.Feed switch
        {
            null => DoctorFinding.Skip(Certificate, "It does not exist yet: the agent obtains it at its first run."),
            { ServerCertificateMode: ServerCertificateMode.Files } => DoctorFinding.Fail(
                Certificate,
                "The tunnel has no authority that issues.",
                "Its authorities are trust-only, or none is active yet; without a leaf no client can be served.",
                $"Ask an administrator to run: culvert ca list --tunnel {facts.Settings.Tunnel.Id}",
                "Or set certificates.source: files, with certificate_file and key_file."
            ),
            _ => DoctorFinding.Fail(
                Certificate,
                "The service issues leaves for this tunnel, and the agent has none.",
                "The agent does not run, or its requests are refused.",
                "tunnel-agent health"
            ),
        };
    }

    private static DoctorFinding Judge(CertificateFacts facts, KeyAndCertificate leaf, CertificateDocument? document)
    {
        var left = leaf.NotAfter - facts.Now;
        if (left < TimeSpan.Zero)
        {
            return DoctorFinding.Fail(
                Certificate,
                $"It expired {Spans.Text(left)} ago.",
                "Every client refuses it.",
                NextStep(facts)
            );
        }

        if (leaf.NotBefore > facts.Now)
        {
            return DoctorFinding.Fail(
                Certificate,
                $"It begins in {Spans.Text(leaf.NotBefore - facts.Now)}.",
                "This machine's clock is behind, or the file is for later.",
                "Synchronise the clock of this machine (NTP)."
            );
        }

        if (facts.State.Feed?.RevokedSerials.Contains(leaf.Serial) == true)
        {
            return DoctorFinding.Fail(
                Certificate,
                "It was revoked.",
                "Its authority revoked it; clients that check revocation lists refuse it.",
                NextStep(facts)
            );
        }

        var due = RenewBefore(leaf, document);
        return facts.Now > due
            ? DoctorFinding.Fail(
                Certificate,
                $"Its renewal is overdue since {Spans.Text(facts.Now - due)}; it expires in {Spans.Text(left)}.",
                "The job that renews it has stopped or is refused.",
                NextStep(facts)
            )
            : DoctorFinding.Pass(Certificate, $"It is valid for another {Spans.Text(left)}.");
    }

    private static string[] Evidence(CertificateFacts facts, KeyAndCertificate leaf, CertificateDocument? document) =>
        [
            $"serial: {leaf.Serial}",
            $"until: {leaf.NotAfter:u}",
            .. document is null
                ? [$"renew before: {RenewBefore(leaf, null):u}"]
                : new[]
                {
                    $"renewal: {document.RenewAfter:u} to {document.RenewBefore:u}",
                    $"authority: {document.CaId}",
                },
            .. CalledBack(facts, document) is { } called
                ? [$"early renewal requested: {called.SuggestedWindow.Start:u} to {called.SuggestedWindow.End:u}"]
                : Array.Empty<string>(),
        ];

    private static AgentFeedRenewal? CalledBack(CertificateFacts facts, CertificateDocument? document) =>
        document?.CaId is { } issuer
            ? facts.State.Feed?.Renewals?.FirstOrDefault(renewal => renewal.CaId == issuer)
            : null;

    private static DateTimeOffset RenewBefore(KeyAndCertificate leaf, CertificateDocument? document) =>
        document?.RenewBefore ?? leaf.NotAfter - ((leaf.NotAfter - leaf.NotBefore) * LastPart);

    private static string NextStep(CertificateFacts facts) =>
        facts.Settings.Certificates.FromFiles
            ? $"Renew {facts.Settings.Certificates.CertificateFile}; the agent reloads it within seconds."
            : "tunnel-agent health";

    /// <summary>The leaf is valid for every hostname that clients call.</summary>
    public static DoctorFinding CheckNames(CertificateFacts facts)
    {
        if (facts.Leaf is not { } leaf)
        {
            return DoctorFinding.Skip(Names, "Rests on inner_certificate.");
        }

        if (facts.Hostnames is not { } names)
        {
            return DoctorFinding.Skip(Names, "The tunnel's domain is not known before the first feed.");
        }

        var missing = names
            .Where(name => !leaf.Certificate.MatchesHostname(name, allowWildcards: true, allowCommonName: false))
            .ToList();
        return missing.Count == 0
            ? DoctorFinding.Pass(Names, "It is for every route's name.", names)
            : DoctorFinding.Fail(
                Names,
                $"It is not for {string.Join(", ", missing)}.",
                "Clients compare the name they call with the names of the certificate, and refuse another.",
                $"Have it issued for {facts.State.Feed!.Tunnel.Domain} and *.{facts.State.Feed.Tunnel.Domain}."
            );
    }

    /// <summary>Clients that trust the tunnel's bundle accept the leaf.</summary>
    public static DoctorFinding CheckChain(CertificateFacts facts)
    {
        if (facts.Leaf is not { } leaf)
        {
            return DoctorFinding.Skip(Chain, "Rests on inner_certificate.");
        }

        if (facts.State.Feed?.Tunnel.TrustBundle is not { } bundle)
        {
            return DoctorFinding.Skip(Chain, "The tunnel's trust bundle is not known before the first feed.");
        }

        var epoch = bundle.Epoch.ToString(CultureInfo.InvariantCulture);
        if (!CertificatePem.TryRead(bundle.Pem, out var anchors))
        {
            return DoctorFinding.Fail(
                Chain,
                $"The tunnel's trust bundle (epoch {epoch}) contains no certificate.",
                "No authority is registered on the tunnel, so clients cannot verify its agents.",
                $"Ask an administrator to run: culvert tunnel cert list {facts.Settings.Tunnel.Id}"
            );
        }

        IReadOnlyList<string> evidence =
        [
            .. leaf.Chain.Select(issuer => $"sent with it: {issuer.Subject}"),
            .. anchors.Select(anchor => $"in the bundle: {anchor.Subject}"),
        ];
        return (
            TrustAnchors.VouchFor(anchors, leaf, facts.Now)
                ? DoctorFinding.Pass(Chain, $"The trust bundle (epoch {epoch}) vouches for it.")
                : DoctorFinding.Fail(
                    Chain,
                    $"The trust bundle (epoch {epoch}) does not vouch for it.",
                    "Its authority was retired or never registered on the tunnel, or an intermediate is missing.",
                    facts.Settings.Certificates.FromFiles
                        ? $"Write the intermediates behind the leaf in {facts.Settings.Certificates.CertificateFile}, or register its authority: culvert tunnel cert register {facts.Settings.Tunnel.Id} --file F"
                        : "tunnel-agent health"
                )
        ) with
        {
            Evidence = evidence,
        };
    }
}
