using Culvert.Platform.Doctor;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Doctor;

internal sealed class StateDirectoryCheck : IDoctorCheck<ServiceFacts>
{
    public string Id => "state_directory";

    public DoctorFinding Run(ServiceFacts facts)
    {
        var folder = facts.Options.StateDirectory;
        if (!Directory.Exists(folder))
        {
            return DoctorFinding.Fail(
                Id,
                $"{folder} does not exist.",
                "`init` creates it; a missing mount has the same symptom.",
                "Mount it, or run: identity-service init"
            );
        }

        try
        {
            if ((File.GetUnixFileMode(folder) & PrivateFile.Others) != 0)
            {
                return DoctorFinding.Fail(
                    Id,
                    $"{folder} is open to others.",
                    "The database and, unless it lies elsewhere, the sealing key are in it.",
                    $"chmod 700 {folder}"
                );
            }

            return PosixFile.GetOwnerThroughLinks(folder) != PosixFile.Self
                ? DoctorFinding.Fail(
                    Id,
                    $"{folder} does not belong to the user who runs the doctor.",
                    "The checks below test the access of this user, not of the service.",
                    "Run the doctor as the user of the service."
                )
                : DoctorFinding.Pass(Id, $"{folder} is the service's own.");
        }
        catch (IOException e)
        {
            return DoctorFinding.Fail(
                Id,
                e.Message,
                "Its metadata cannot be read.",
                "Run the doctor as the user of the service."
            );
        }
    }
}
