namespace Culvert.Identity.Cli.Hosting;

/// <summary>
/// Ends the command. Unlike in the services, a refusal is an exception here, because it stops the whole command and is
/// reported in one place (<see cref="Output.FailureReport"/>). The message says what failed and why, and never contains a
/// secret.
/// </summary>
internal sealed class CommandFailure(int exitCode, string message, Exception? cause = null) : Exception(message, cause)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>The request, file or flag that failed.</summary>
    public string? Where { get; init; }

    /// <summary>The command or the change that helps.</summary>
    public string? Next { get; init; }

    /// <summary>The service's id of the refused request, for <c>culvert explain</c> and the audit log.</summary>
    public string? RequestId { get; init; }

    /// <summary>The service's stable error code, listed in docs/errors.md.</summary>
    public string? Code { get; init; }
}
