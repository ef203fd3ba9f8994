using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Certificates;
using Culvert.Platform.Doctor;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Doctor.Certificates;

/// <summary>The tunnel is served, and clients have a CA to verify its agents.</summary>
internal sealed class TunnelCheck : IDoctorCheck<CertificateFacts>
{
    public string Id => "tunnel";

    public DoctorFinding Run(CertificateFacts facts)
    {
        var announced = facts.Announced is { IsSuccess: true } answer ? answer.Value.Feed : null;
        if ((announced ?? facts.State.Feed) is not { } feed)
        {
            return DoctorFinding.Skip(Id, "The agent has had no feed yet.");
        }

        var tunnel = feed.Tunnel;
        var anchors = Count(tunnel.TrustBundle.Pem);
        var fromService = feed.ServerCertificateMode == ServerCertificateMode.Service;
        return (
            tunnel.Status == TunnelStatus.Archived
                ? DoctorFinding.Fail(
                    Id,
                    "The tunnel is archived.",
                    "An archived tunnel never comes back; edges refuse its agents and its clients.",
                    "Create another: culvert tunnel create NAME"
                )
            : anchors == 0
                ? DoctorFinding.Fail(
                    Id,
                    "The tunnel has no authority.",
                    "Clients cannot verify its agents, so no client connects.",
                    $"culvert ca register NAME --tunnel {tunnel.Id} --custody sealed",
                    $"culvert tunnel cert register {tunnel.Id} --file CA.pem"
                )
            : !fromService && !facts.Settings.Certificates.FromFiles
                ? DoctorFinding.Fail(
                    Id,
                    "No authority of the tunnel can sign for the agent.",
                    "The registered ones are trust-only: their keys are outside the service, so the leaf must be issued there.",
                    "Set certificates: {source: files}, with certificate_file and key_file.",
                    $"culvert ca register NAME --tunnel {tunnel.Id} --custody sealed"
                )
            : tunnel.Status == TunnelStatus.Paused
                ? DoctorFinding.Warn(
                    Id,
                    "The tunnel is paused.",
                    "Its clients get 503 until an administrator resumes it.",
                    $"culvert tunnel resume {tunnel.Id}"
                )
            : fromService && facts.Settings.Certificates.FromFiles
                ? DoctorFinding.Warn(
                    Id,
                    "The leaf certificate is read from files although the service could sign one.",
                    "You must renew certificate files yourself; the agent renews certificates of the service automatically.",
                    "Set certificates: {source: service}, if the files are not wanted."
                )
            : DoctorFinding.Pass(
                Id,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{tunnel.Id} is active, with {anchors} certificate{(anchors == 1 ? "" : "s")} in its trust bundle."
                )
            )
        ) with
        {
            Evidence =
            [
                $"domain: {tunnel.Domain}",
                $"status: {tunnel.Status}",
                $"leaves: {feed.ServerCertificateMode}",
            ],
        };
    }

    private static int Count(string pem)
    {
        if (!CertificatePem.TryRead(pem, out _))
        {
            return 0;
        }

        var anchors = new X509Certificate2Collection();
        anchors.ImportFromPem(pem);
        return anchors.Count;
    }
}
