using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Storage;

internal static class StorageErrors
{
    public static readonly ErrorCode Unavailable = new(
        "store.unavailable",
        503,
        "The store does not accept writes.",
        "A commit failed, and no test write has succeeded since; the service decides nothing that it cannot record.",
        "Retry; if it lasts, check disk and database of the service (readyz names the cause)."
    );

    public static readonly ErrorCode DiskReserve = new(
        "store.disk_reserve",
        503,
        "The disk of the service is nearly full.",
        "Free space fell below storage.sqlite.disk_reserve; exchanges stop before issuance and administration do.",
        "Free disk space on the service's host."
    );
}
