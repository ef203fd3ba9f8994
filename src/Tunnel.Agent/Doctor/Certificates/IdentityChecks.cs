using System.Security.Cryptography.X509Certificates;
using Culvert.Machine.Client.Calls;
using Culvert.Platform.Certificates;
using Culvert.Platform.Doctor;
using Culvert.Platform.Net;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Doctor.Certificates;

/// <summary>The agent's certificate for edges and service.</summary>
internal static class IdentityChecks
{
    public const string PlatformCertificate = "platform_certificate";
    public const string Organization = "organization";
    public const string MachineApi = "machine_api";

    /// <summary>The agent's identity for edges and service exists, is valid and trusted, and is renewed in time.</summary>
    public static DoctorFinding CheckPlatformCertificate(CertificateFacts facts)
    {
        if (facts.State.ForeignId is not null)
        {
            return DoctorFinding.Skip(
                PlatformCertificate,
                "Depends on the check organization: the stored certificate is of another tunnel or service."
            );
        }

        if (facts.State is not { Platform: { } own, PlatformDocument: { } document })
        {
            return DoctorFinding.Skip(
                PlatformCertificate,
                "It does not exist yet: the agent obtains it at its first run."
            );
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

    private static DoctorFinding Judge(CertificateFacts facts, KeyAndCertificate own, CertificateDocument document)
    {
        if (facts.State.Withdrawal is { } withdrawal)
        {
            return DoctorFinding.Fail(
                PlatformCertificate,
                $"{withdrawal} The agent serves no clients.",
                "An administrator revoked this agent, its rule, issuer or service account, or archived its tunnel.",
                "Ask an administrator to run: culvert agent list --tunnel " + facts.Settings.Tunnel.Id
            );
        }

        if (facts.Now > own.NotAfter)
        {
            return DoctorFinding.Fail(
                PlatformCertificate,
                $"It expired {Spans.Text(facts.Now - own.NotAfter)} ago.",
                "The agent does not run, or it cannot reach the service. It enrols again automatically.",
                "tunnel-agent health"
            );
        }

        if (facts.State.Feed is { } feed && RevokedSerialSet.From(feed).Contains(document.Serial))
        {
            return DoctorFinding.Fail(
                PlatformCertificate,
                "It was revoked.",
                "An administrator revoked this agent, its rule, issuer or service account.",
                "Ask an administrator to run: culvert agent list --tunnel " + facts.Settings.Tunnel.Id
            );
        }

        if (facts.State.Trust is { } trust && Refusal(trust, own, document) is var refusal and not PeerRefusal.None)
        {
            return DoctorFinding.Fail(
                PlatformCertificate,
                $"The platform roots in force do not vouch for it ({refusal}).",
                "The service was reinstalled, or its root was replaced while this agent was offline.",
                "Compare identity.ca_sha256 or identity.ca_file with the service; the agent then enrols again."
            );
        }

        return facts.Now > document.RenewBefore
            ? DoctorFinding.Fail(
                PlatformCertificate,
                $"Its renewal is overdue since {Spans.Text(facts.Now - document.RenewBefore)}.",
                "The agent does not run, or the service refuses or does not respond; it expires in "
                    + $"{Spans.Text(own.NotAfter - facts.Now)}.",
                "tunnel-agent health"
            )
            : DoctorFinding.Pass(
                PlatformCertificate,
                $"It is valid for another {Spans.Text(own.NotAfter - facts.Now)}."
            );
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

    /// <summary>The agent's certificate is for the organization and the tunnel of the configuration.</summary>
    public static DoctorFinding CheckOrganization(CertificateFacts facts)
    {
        if (facts.State.ForeignId is { } foreign)
        {
            return Elsewhere(facts, foreign);
        }

        if (facts.State.Id is not { OrganizationId: { } organization, TunnelId: { } tunnel } id)
        {
            return DoctorFinding.Skip(Organization, "Rests on platform_certificate.");
        }

        var (wanted, own) = (facts.Settings.Identity.OrganizationId, facts.Settings.Tunnel.Id);
        if (tunnel != own || (wanted.Length > 0 && organization != wanted))
        {
            return DoctorFinding.Fail(
                Organization,
                tunnel != own
                    ? $"The agent is enrolled for {tunnel}, not for {own}."
                    : $"The agent is enrolled in the organization {organization}, not in {wanted}.",
                "A tunnel of another organization looks like one that does not exist, and is not logged: the "
                    + "file was copied or edited, or the state directory is another agent's.",
                "tunnel-agent config show",
                "Give the agent its own state_dir, or correct identity.organization_id and tunnel.id."
            ) with
            {
                Evidence = [$"enrolled as {id}"],
            };
        }

        // In manual mode the tunnel token determines the organization.
        return DoctorFinding.Pass(
            Organization,
            $"Enrolled for {own} in the organization {organization}.",
            $"enrolled as {id}"
        );
    }

    private static DoctorFinding Elsewhere(CertificateFacts facts, SpiffeId kept)
    {
        var (own, url) = (facts.Settings.Tunnel.Id, facts.Settings.Identity.Url.OriginalString);
        return (
            kept.TunnelId != own
                ? DoctorFinding.Fail(
                    Organization,
                    $"tunnel.id is {own}, but the agent of this state directory is enrolled for {kept.TunnelId}.",
                    "The tunnel id in the file is wrong, or the file or the state directory was copied from another agent. An "
                        + "agent that starts with them requests enrolment for the other tunnel.",
                    $"If {kept.TunnelId} is the tunnel you mean, set tunnel.id to it.",
                    $"Otherwise give the agent its own state_dir, and check that {own} exists: culvert tunnel show {own}"
                )
                : DoctorFinding.Fail(
                    Organization,
                    $"identity.url is {url}, and the agent of this state directory is enrolled at {facts.State.ForeignUrl}.",
                    "The URL in the file was changed, or the state directory is another agent's. An agent that starts with "
                        + "them enrols again.",
                    "Correct identity.url, or give the agent its own state_dir."
                )
        ) with
        {
            Evidence = [$"enrolled as {kept}"],
        };
    }

    /// <summary>A real request over mTLS: the service accepts the certificate, and the agent could renew it now.</summary>
    public static DoctorFinding CheckMachineApi(CertificateFacts facts)
    {
        if (facts.Announced is not { } answer)
        {
            return DoctorFinding.Skip(MachineApi, "Rests on platform_certificate.");
        }

        var url = facts.Settings.Identity.MachineUrl ?? facts.State.MachineUrl;
        return answer.Failure switch
        {
            null => DoctorFinding.Pass(MachineApi, $"{url?.Authority} accepts the platform certificate."),
            { Kind: ApiFailureKind.Refused } refused => DoctorFinding.Fail(
                MachineApi,
                refused.ToString(),
                "The service no longer knows this enrolment: it was revoked or replaced, or its rule was disabled.",
                refused.RequestId is { } id
                    ? $"Ask an administrator to run: culvert explain {id}"
                    : "Ask an administrator to run: culvert agent list --tunnel " + facts.Settings.Tunnel.Id
            ),
            { Kind: ApiFailureKind.Untrusted } untrusted => DoctorFinding.Fail(
                MachineApi,
                untrusted.ToString(),
                "The server is not the service, or a device on the path terminates TLS; load balancers must pass TCP through.",
                [
                    "Compare the platform roots below with those that an administrator's `culvert platform-root show` prints.",
                    $"If they are the same, a device between this machine and {url?.Authority} terminates TLS: let it pass TCP through.",
                ]
            ) with
            {
                Evidence =
                [
                    .. (facts.State.Trust?.Roots ?? []).Select(root =>
                        $"stored platform root: sha256 {CertificateNames.Fingerprint(root)}"
                    ),
                ],
            },
            { } failure => DoctorFinding.Fail(
                MachineApi,
                failure.ToString(),
                "Without this port the agent cannot renew certificates or receive changes.",
                failure.Cause.NextStep(url?.Authority ?? "", "the identity service")
            ),
        };
    }
}
