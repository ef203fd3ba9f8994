using System.Globalization;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Configuration;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Doctor;

/// <summary>Checks the free space of the database's disk: below the reserve the service refuses exchanges (S31).</summary>
/// <param name="freeBytes">Free bytes on the disk of a folder; null = from the operating system.</param>
internal sealed class DiskSpaceCheck(Func<string, long>? freeBytes = null) : IDoctorCheck<ServiceFacts>
{
    // Warns early: an exchange takes about a kilobyte.
    private const int EarlyFactor = 4;

    public string Id => "disk_space";

    public DoctorFinding Run(ServiceFacts facts)
    {
        var storage = facts.Options.Storage;
        if (storage.Postgres is not null)
        {
            return DoctorFinding.Skip(Id, "The disk of the database server cannot be seen from here.");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(Store.GetFile(facts.Options.StoreSettings)))!;
        try
        {
            var free = (freeBytes ?? (static path => new DriveInfo(path).AvailableFreeSpace))(folder);
            return free < storage.DiskReserveBytes
                    ? DoctorFinding.Fail(
                        Id,
                        $"{ToMebibytes(free)} are free where the database is, less than storage.sqlite.disk_reserve.",
                        "The service refuses every exchange, so that revocation and audit continue to work.",
                        $"Free space on the disk of {folder}."
                    )
                : free < storage.DiskReserveBytes * EarlyFactor
                    ? DoctorFinding.Warn(
                        Id,
                        $"{ToMebibytes(free)} are free where the database is.",
                        $"Below {ConfigText.Size(storage.DiskReserveBytes)} (storage.sqlite.disk_reserve) the service refuses exchanges.",
                        $"Free space on the disk of {folder}."
                    )
                : DoctorFinding.Pass(Id, $"{ToMebibytes(free)} are free where the database is.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return DoctorFinding.Fail(Id, e.Message, "The free space cannot be read.", $"Mount {folder}.");
        }
    }

    private static string ToMebibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20} MiB");
}
