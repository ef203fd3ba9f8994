namespace Culvert.Identity.Cli.Hosting;

/// <summary>
/// Ends the command. Unlike in the services, a refusal is an exception here: whatever stops a command stops all of it,
/// and is reported in one place (<see cref="Output.FailureReport"/>).
/// The message says what went wrong and why, and never holds a secret.
/// </summary>
internal sealed class CommandFailure(int exitCode, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>One of <see cref="Hosting.ExitCode"/>.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>The request, file or flag that is concerned.</summary>
    public string? Where { get; init; }

    /// <summary>The command or the change that helps.</summary>
    public string? Next { get; init; }

    /// <summary>The service's id of the refused request: <c>culvert explain</c> and the audit know it.</summary>
    public string? RequestId { get; init; }

    /// <summary>The service's stable reason, as listed in docs/errors.md.</summary>
    public string? Code { get; init; }
}
