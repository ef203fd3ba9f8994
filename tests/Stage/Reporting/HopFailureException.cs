namespace Culvert.Stage.Reporting;

/// <summary>One named part of the system did not do its work; says which, why, and where its log is.</summary>
internal sealed class HopFailureException(string hop, string message, string? logFile = null, Exception? inner = null)
    : Exception(message, inner)
{
    public string Hop => hop;

    public string? LogFile => logFile;
}
