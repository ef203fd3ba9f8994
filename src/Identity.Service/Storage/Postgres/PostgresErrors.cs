using Npgsql;

namespace Culvert.Identity.Service.Storage.Postgres;

internal static class PostgresErrors
{
    /// <summary>
    /// True: a constraint refused the row. False: the statement is wrong. Null: an error of the whole store, not of one
    /// statement.
    /// </summary>
    public static bool? IsOfConstraint(this PostgresException error) =>
        error.SqlState[..2] switch
        {
            "23" => true,
            "22" or "42" or "0A" or "54" => false,
            _ => null,
        };

    public static bool IsLockConflict(this PostgresException error) =>
        error.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;
}
