using Culvert.Platform.Certificates;
using Culvert.Platform.Doctor;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Doctor.Certificates;

/// <summary>The leaf of inner TLS exists, is valid, and is renewed in time.</summary>
internal sealed class LeafCheck : IDoctorCheck<CertificateFacts>
{
    // Leaves from files have no renewal window: an operator should have renewed them before this part of the lifetime.
    private const double LastPart = 1.0 / 6;

    public string Id => "inner_certificate";

    public DoctorFinding Run(CertificateFacts facts)
    {
        if (facts.Leaf is not { } leaf)
        {
            return Missing(facts);
        }

        var document = facts.Settings.Certificates.FromFiles ? null : facts.State.ServerDocument;
        return Judge(facts, leaf, document) with { Evidence = Evidence(facts, leaf, document) };
    }

    private DoctorFinding Missing(CertificateFacts facts)
    {
        if (facts.Settings.Certificates.FromFiles)
        {
            return DoctorFinding.Skip(Id, "Rests on leaf_files.");
        }

        return facts.State.Feed switch
        {
            null => DoctorFinding.Skip(Id, "It does not exist yet: the agent obtains it at its first run."),
            { ServerCertificateMode: ServerCertificateMode.Files } => DoctorFinding.Fail(
                Id,
                "The tunnel has no authority that issues.",
                "Its authorities are trust-only, or none is active yet; without a leaf no client can be served.",
                $"Ask an administrator to run: culvert ca list --tunnel {facts.Settings.Tunnel.Id}",
                "Or set certificates.source: files, with certificate_file and key_file."
            ),
            _ => DoctorFinding.Fail(
                Id,
                "The service issues leaves for this tunnel, and the agent has none.",
                "The agent does not run, or its requests are refused.",
                "tunnel-agent health"
            ),
        };
    }

    private DoctorFinding Judge(CertificateFacts facts, KeyAndCertificate leaf, CertificateDocument? document)
    {
        var left = leaf.NotAfter - facts.Now;
        if (left < TimeSpan.Zero)
        {
            return DoctorFinding.Fail(
                Id,
                $"It expired {Spans.Text(left)} ago.",
                "Every client refuses it.",
                NextStep(facts)
            );
        }

        if (leaf.NotBefore > facts.Now)
        {
            return DoctorFinding.Fail(
                Id,
                $"It begins in {Spans.Text(leaf.NotBefore - facts.Now)}.",
                "This machine's clock is behind, or the file is for later.",
                "Synchronise the clock of this machine (NTP)."
            );
        }

        if (facts.State.Feed?.RevokedSerials.Contains(leaf.Serial) == true)
        {
            return DoctorFinding.Fail(
                Id,
                "It was revoked.",
                "Its authority revoked it; clients that check revocation lists refuse it.",
                NextStep(facts)
            );
        }

        var due = RenewBefore(leaf, document);
        return facts.Now > due
            ? DoctorFinding.Fail(
                Id,
                $"Its renewal is overdue since {Spans.Text(facts.Now - due)}; it expires in {Spans.Text(left)}.",
                "The job that renews it has stopped or is refused.",
                NextStep(facts)
            )
            : DoctorFinding.Pass(Id, $"It is valid for another {Spans.Text(left)}.");
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
}
