namespace Culvert.Identity.Cli.Hosting;

/// <summary>What the process ends with; the same numbers in every Culvert program.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>
    /// The work failed for a reason that no better code describes, the service's own errors included.
    /// </summary>
    public const int Failed = 1;

    /// <summary>The command ran, and what it checked is not as it should be (<c>status</c>).</summary>
    public const int CheckFailed = 2;

    /// <summary>The service, or a safeguard of this program, said no; repeating the command changes nothing.</summary>
    public const int Refused = 3;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 64;

    /// <summary>The service cannot be reached, or does not prove to be the service.</summary>
    public const int Unreachable = 69;

    /// <summary>Not now: repeating the same command later may succeed.</summary>
    public const int TryAgain = 75;

    /// <summary>A file or an environment variable that the command depends on is wrong.</summary>
    public const int Configuration = 78;

    public const int Interrupted = 130;
}
