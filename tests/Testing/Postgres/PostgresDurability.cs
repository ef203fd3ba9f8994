namespace Culvert.Testing.Postgres;

/// <summary>What a test's server does for the case that its machine fails.</summary>
public enum PostgresDurability
{
    /// <summary>It flushes each commit, as in production: for tests that kill it, and for measurements.</summary>
    Full,

    /// <summary>Nothing: its databases end with the test process.</summary>
    None,
}
