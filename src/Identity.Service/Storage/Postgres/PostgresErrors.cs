using Npgsql;

namespace Culvert.Identity.Service.Storage.Postgres;

/// <summary>Classes of errors that the database reports by their SQLSTATE.</summary>
internal static class PostgresErrors
{
    /// <summary>
    /// True: a constraint rejected the row. False: the statement itself is wrong. Null: the error is of the store as a
    /// whole, not of one statement.
    /// </summary>
    public static bool? IsOfConstraint(this PostgresException error) =>
        error.SqlState[..2] switch
        {
            "23" => true,
            "22" or "42" or "0A" or "54" => false,
            _ => null,
        };

    /// <summary>Another transaction took the same locks in another order: this one can be written again.</summary>
    public static bool IsLockConflict(this PostgresException error) =>
        error.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;
}
