using Culvert.Platform.Secrets;

namespace Culvert.Platform.Doctor;

/// <summary>A machine's state directory: it holds its keys, so no other user may read it.</summary>
/// <param name="Machine"><c>agent</c> or <c>edge</c>.</param>
/// <param name="Others">The peers, besides the service, that the keys authenticate it to.</param>
/// <param name="Revoke">The command that revokes the credentials that depend on the keys.</param>
public sealed record StateFolderCheck(string Machine, string Others, string Revoke)
{
    public const string Id = "state_files";

    public DoctorFinding Run(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return DoctorFinding.Skip(Id, $"{folder} does not exist: the {Machine} has not run on this machine yet.");
        }

        try
        {
            string[] open =
            [
                .. Directory
                    .EnumerateFiles(folder)
                    .Order(StringComparer.Ordinal)
                    .Prepend(folder)
                    .Where(path => (File.GetUnixFileMode(path) & PrivateFile.Others) != 0),
            ];
            return open.Length == 0
                ? DoctorFinding.Pass(Id, $"{folder} is the {Machine}'s own.")
                : DoctorFinding.Fail(
                    Id,
                    $"{open[0]} is open to others.",
                    $"Anyone who can read these files can impersonate this {Machine} to the service and to {Others}.",
                    $"chmod -R go-rwx {folder}",
                    $"If another user may have read them, run {Revoke}, then restart the {Machine}."
                ) with
                {
                    Evidence = open[1..],
                };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return DoctorFinding.Fail(
                Id,
                $"Reading the metadata of {folder} failed: {e.Message}",
                $"The {Machine} stores its keys and its last feed there.",
                $"Run the doctor as the user of the {Machine}."
            );
        }
    }
}
