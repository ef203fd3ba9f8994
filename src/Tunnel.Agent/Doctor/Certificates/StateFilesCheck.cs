using Culvert.Platform.Doctor;

namespace Culvert.Tunnel.Agent.Doctor.Certificates;

internal sealed class StateFilesCheck : IDoctorCheck<CertificateFacts>
{
    private static readonly StateFolderCheck Folder = new("agent", "its clients", "culvert agent revoke ID");

    public string Id => StateFolderCheck.Id;

    public DoctorFinding Run(CertificateFacts facts)
    {
        var found = Folder.Run(facts.Settings.StateDirectory);
        return found.Status != DoctorStatus.Pass || facts.State.Unusable.Count == 0
            ? found
            : DoctorFinding.Fail(
                Id,
                $"{facts.State.Unusable[0]} cannot be used.",
                "It is damaged, or it belongs to another service, tunnel or instance: the agent continues without it.",
                "If service and tunnel did not change, check whether the disk is full or failing. The agent fetches it again automatically."
            ) with
            {
                Evidence = [.. facts.State.Unusable.Skip(1)],
            };
    }
}
