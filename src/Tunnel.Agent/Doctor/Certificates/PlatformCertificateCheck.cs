using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Certificates;
using Culvert.Platform.Doctor;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Doctor.Certificates;

/// <summary>The agent's identity for edges and service exists, is valid and trusted, and is renewed in time.</summary>
internal sealed class PlatformCertificateCheck : IDoctorCheck<CertificateFacts>
{
    public string Id => "platform_certificate";

    public DoctorFinding Run(CertificateFacts facts)
    {
        if (facts.State.ForeignId is not null)
        {
            return DoctorFinding.Skip(
                Id,
                "Depends on the check organization: the stored certificate is of another tunnel or service."
            );
        }

        if (facts.State is not { Platform: { } own, PlatformDocument: { } document })
        {
            return DoctorFinding.Skip(Id, "It does not exist yet: the agent obtains it at its first run.");
        }

        IReadOnlyList<string> evidence =
        [
            $"id: {facts.State.Id}",
            $"serial: {document.Serial}",
            $"until: {document.NotAfter:u}",
            $"renewal: {document.RenewAfter:u} to {document.RenewBefore:u}",
        ];
        return Judge(facts, own, document) with { Evidence = evidence };
    }

    private DoctorFinding Judge(CertificateFacts facts, KeyAndCertificate own, CertificateDocument document)
    {
        if (facts.State.Withdrawal is { } withdrawal)
        {
            return DoctorFinding.Fail(
                Id,
                $"{withdrawal} The agent serves no clients.",
                "An administrator revoked this agent, its rule, issuer or service account, or archived its tunnel.",
                "Ask an administrator to run: culvert agent list --tunnel " + facts.Settings.Tunnel.Id
            );
        }

        if (facts.Now > own.NotAfter)
        {
            return DoctorFinding.Fail(
                Id,
                $"It expired {Spans.Text(facts.Now - own.NotAfter)} ago.",
                "The agent does not run, or it cannot reach the service. It enrols again automatically.",
                "tunnel-agent health"
            );
        }

        if (facts.State.Feed is { } feed && RevokedSerialSet.From(feed).Contains(document.Serial))
        {
            return DoctorFinding.Fail(
                Id,
                "It was revoked.",
                "An administrator revoked this agent, its rule, issuer or service account.",
                "Ask an administrator to run: culvert agent list --tunnel " + facts.Settings.Tunnel.Id
            );
        }

        if (facts.State.Trust is { } trust && Refusal(trust, own, document) is var refusal and not PeerRefusal.None)
        {
            return DoctorFinding.Fail(
                Id,
                $"The platform roots in force do not vouch for it ({refusal}).",
                "The service was reinstalled, or its root was replaced while this agent was offline.",
                "Compare identity.ca_sha256 or identity.ca_file with the service; the agent then enrols again."
            );
        }

        return facts.Now > document.RenewBefore
            ? DoctorFinding.Fail(
                Id,
                $"Its renewal is overdue since {Spans.Text(facts.Now - document.RenewBefore)}.",
                "The agent does not run, or the service refuses or does not respond; it expires in "
                    + $"{Spans.Text(own.NotAfter - facts.Now)}.",
                "tunnel-agent health"
            )
            : DoctorFinding.Pass(Id, $"It is valid for another {Spans.Text(own.NotAfter - facts.Now)}.");
    }

    // Verified at the time of issuance: a separate check covers expiry.
    private static PeerRefusal Refusal(PlatformTrust trust, KeyAndCertificate own, CertificateDocument document) =>
        new PeerVerifier(trust)
            .Verify(
                own.Certificate,
                new X509Certificate2Collection(own.Chain.ToArray()),
                PeerRole.Agent,
                document.IssuedAt
            )
            .Refusal;
}
