using Culvert.Platform.Certificates;
using Culvert.Platform.Doctor;

namespace Culvert.Tunnel.Agent.Doctor.Certificates;

/// <summary>The agent's certificate is for the organization and the tunnel of the configuration.</summary>
internal sealed class OrganizationCheck : IDoctorCheck<CertificateFacts>
{
    public string Id => "organization";

    public DoctorFinding Run(CertificateFacts facts)
    {
        if (facts.State.ForeignId is { } foreign)
        {
            return Elsewhere(facts, foreign);
        }

        if (facts.State.Id is not { OrganizationId: { } organization, TunnelId: { } tunnel } id)
        {
            return DoctorFinding.Skip(Id, "Rests on platform_certificate.");
        }

        var (wanted, own) = (facts.Settings.Identity.OrganizationId, facts.Settings.Tunnel.Id);
        if (tunnel != own || (wanted.Length > 0 && organization != wanted))
        {
            return DoctorFinding.Fail(
                Id,
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
        return DoctorFinding.Pass(Id, $"Enrolled for {own} in the organization {organization}.", $"enrolled as {id}");
    }

    private DoctorFinding Elsewhere(CertificateFacts facts, SpiffeId kept)
    {
        var (own, url) = (facts.Settings.Tunnel.Id, facts.Settings.Identity.Url.OriginalString);
        return (
            kept.TunnelId != own
                ? DoctorFinding.Fail(
                    Id,
                    $"tunnel.id is {own}, but the agent of this state directory is enrolled for {kept.TunnelId}.",
                    "The tunnel id in the file is wrong, or the file or the state directory was copied from another agent. An "
                        + "agent that starts with them requests enrolment for the other tunnel.",
                    $"If {kept.TunnelId} is the tunnel you mean, set tunnel.id to it.",
                    $"Otherwise give the agent its own state_dir, and check that {own} exists: culvert tunnel show {own}"
                )
                : DoctorFinding.Fail(
                    Id,
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
}
