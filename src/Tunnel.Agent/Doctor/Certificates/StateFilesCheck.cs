using Culvert.Platform.Doctor;
using Culvert.Platform.Secrets;

namespace Culvert.Tunnel.Agent.Doctor.Certificates;

/// <summary>The agent's own folder: its keys lie there, so nobody else may look in.</summary>
internal sealed class StateFilesCheck : ICertificateCheck
{
    public string Id => "state_files";

    public DoctorFinding Run(CertificateFacts facts)
    {
        var folder = facts.Settings.StateDirectory;
        if (!Directory.Exists(folder))
        {
            return DoctorFinding.Skip(Id, $"{folder} does not exist: the agent has not run on this machine yet.");
        }

        try
        {
            return Look(folder, facts);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return DoctorFinding.Fail(
                Id,
                $"Reading the metadata of {folder} failed: {e.Message}",
                "The agent stores its keys and its last feed there.",
                "Run the doctor as the user of the agent."
            );
        }
    }

    private DoctorFinding Look(string folder, CertificateFacts facts)
    {
        string[] open =
        [
            .. (File.GetUnixFileMode(folder) & PrivateFile.Others) != 0 ? [folder] : Array.Empty<string>(),
            .. Directory
                .EnumerateFiles(folder, "*", SearchOption.TopDirectoryOnly)
                .Where(file => (File.GetUnixFileMode(file) & PrivateFile.Others) != 0)
                .Order(StringComparer.Ordinal),
        ];
        if (open.Length > 0)
        {
            return DoctorFinding.Fail(
                Id,
                $"{open[0]} is open to others.",
                "Anyone who can read these files can impersonate this agent to the service and its clients.",
                $"chmod -R go-rwx {folder}",
                "If another user may have read them, run culvert agent revoke ID, then restart the agent."
            ) with
            {
                Evidence = open[1..],
            };
        }

        return facts.State.Unusable.Count > 0
            ? DoctorFinding.Fail(
                Id,
                $"{facts.State.Unusable[0]} cannot be used.",
                "It is damaged, or it belongs to another service, tunnel or instance: the agent continues without it.",
                "If service and tunnel did not change, check whether the disk is full or failing. The agent fetches it again automatically."
            ) with
            {
                Evidence = [.. facts.State.Unusable.Skip(1)],
            }
            : DoctorFinding.Pass(Id, $"{folder} is the agent's own.");
    }
}
