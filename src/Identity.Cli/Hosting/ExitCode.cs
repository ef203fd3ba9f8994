namespace Culvert.Identity.Cli.Hosting;

/// <summary>The exit codes, the same in every Culvert program.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>Any other failure, including the service's own errors.</summary>
    public const int Failed = 1;

    /// <summary>The command ran, and its check failed (<c>status</c>).</summary>
    public const int CheckFailed = 2;

    /// <summary>The service, or a safeguard of this program, refused; a repeat has the same result.</summary>
    public const int Refused = 3;

    public const int Usage = 64;

    /// <summary>The service cannot be reached or authenticated.</summary>
    public const int Unreachable = 69;

    /// <summary>Temporary: the same command may succeed later.</summary>
    public const int TryAgain = 75;

    /// <summary>A file or an environment variable that the command needs is wrong.</summary>
    public const int Configuration = 78;

    public const int Interrupted = 130;
}
