using Npgsql;

namespace Culvert.Identity.Service.Storage;

/// <summary>Distinguishes an unavailable database from a programming error.</summary>
internal static class StoreOutage
{
    public static bool Explains(Exception fault) =>
        fault switch
        {
            // Shutdown, out of resources or a lost connection; wrong statements are our own errors.
            PostgresException refused => refused.SqlState[..2] is "08" or "53" or "57" or "58",
            NpgsqlException => true,
            StoreException { InnerException: { } inner } => Explains(inner),
            _ => false,
        };
}
