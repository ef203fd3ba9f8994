using Culvert.Machine.Client.Calls;
using Culvert.Platform.Certificates;
using Culvert.Platform.Doctor;
using Culvert.Platform.Net;

namespace Culvert.Tunnel.Agent.Doctor.Certificates;

/// <summary>A real request over mTLS: the service accepts the certificate, and the agent could renew it now.</summary>
internal sealed class MachineApiCheck : IDoctorCheck<CertificateFacts>
{
    public string Id => "machine_api";

    public DoctorFinding Run(CertificateFacts facts)
    {
        if (facts.Announced is not { } answer)
        {
            return DoctorFinding.Skip(Id, "Rests on platform_certificate.");
        }

        var url = facts.Settings.Identity.MachineUrl ?? facts.State.MachineUrl;
        return answer.Failure switch
        {
            null => DoctorFinding.Pass(Id, $"{url?.Authority} accepts the platform certificate."),
            { Kind: ApiFailureKind.Refused } refused => DoctorFinding.Fail(
                Id,
                refused.ToString(),
                "The service no longer knows this enrolment: it was revoked or replaced, or its rule was disabled.",
                refused.RequestId is { } id
                    ? $"Ask an administrator to run: culvert explain {id}"
                    : "Ask an administrator to run: culvert agent list --tunnel " + facts.Settings.Tunnel.Id
            ),
            { Kind: ApiFailureKind.Untrusted } untrusted => DoctorFinding.Fail(
                Id,
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
                Id,
                failure.ToString(),
                "Without this port the agent cannot renew certificates or receive changes.",
                failure.Cause.NextStep(url?.Authority ?? "", "the identity service")
            ),
        };
    }
}
