namespace Culvert.Stage.Commands;

/// <summary>The same numbers as the programs' own.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int CheckFailed = 2;
    public const int Usage = 64;
    public const int TryAgain = 75;
    public const int Interrupted = 130;
}
