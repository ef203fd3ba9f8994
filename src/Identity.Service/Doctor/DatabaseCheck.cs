using Culvert.Identity.Service.Storage.Sqlite;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Doctor;

/// <summary>Checks that the database answers and has this version's schema.</summary>
internal sealed class DatabaseCheck : IDoctorCheck<ServiceFacts>
{
    public string Id => "database";

    public DoctorFinding Run(ServiceFacts facts) =>
        facts.Store switch
        {
            { Error: { } error } => DoctorFinding.Fail(
                Id,
                error,
                "The service grants and issues nothing that it cannot record.",
                facts.Options.Storage.Postgres is null
                    ? "Is the state directory mounted, and initialised?"
                    : "Check storage.postgres.connection, and that the server can be reached from here."
            ),
            { Pending: { Count: > 0 } pending } => DoctorFinding.Fail(
                Id,
                $"The database lacks {pending.Count} migrations of this version.",
                "The service only starts on a database of its own version, unless storage.migrate is apply.",
                "identity-service migrate"
            ) with
            {
                Evidence = pending,
            },
            _ => DoctorFinding.Pass(
                Id,
                facts.Options.Storage.Postgres is null
                    ? $"SQLite {SqliteDatabase.LibraryVersion} reads the database, which is of this version."
                    : "PostgreSQL responds, and the database has this version."
            ),
        };
}
