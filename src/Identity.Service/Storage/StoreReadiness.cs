using Culvert.Platform.Health;

namespace Culvert.Identity.Service.Storage;

internal static class StoreReadiness
{
    public static ReadinessCheck Writes(Journal journal) =>
        ReadinessCheck.Create(
            "store",
            () =>
                journal.IsHealthy
                    ? null
                    : "The store does not accept writes: reads are served, and changes are refused."
        );

    public static ReadinessCheck Disk(Journal journal) =>
        ReadinessCheck.Create(
            "disk_reserve",
            () => journal.IsReserveReached ? "Free disk space is below the reserve: exchanges are refused." : null
        );
}
