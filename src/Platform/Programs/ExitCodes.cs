namespace Culvert.Platform.Programs;

/// <summary>The exit statuses, the same for all programs.</summary>
public static class ExitCodes
{
    public const int Done = 0;
    public const int Failed = 1;

    /// <summary>A check failed: doctor, health, status, drift.</summary>
    public const int CheckFailed = 2;

    /// <summary>The peer refused.</summary>
    public const int Refused = 3;

    public const int Usage = 64;
    public const int Unreachable = 69;

    /// <summary>An internal error (EX_SOFTWARE), returned by <see cref="ProgramEntry"/>.</summary>
    public const int InternalError = 70;

    /// <summary>Standard output or standard error cannot be written (EX_IOERR).</summary>
    public const int OutputFailed = 74;

    public const int TryAgain = 75;
    public const int Configuration = 78;

    /// <summary>Stopped by a signal.</summary>
    public const int Interrupted = 130;
}
