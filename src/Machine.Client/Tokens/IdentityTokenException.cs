namespace Culvert.Machine.Client.Tokens;

/// <summary>No identity token is available. The message names the source and the reason, never the content read.</summary>
public sealed class IdentityTokenException(string message) : Exception(message)
{
    /// <summary>The token command's standard error without possible secrets, for a person and never for a log.</summary>
    public IReadOnlyList<string> ErrorOutput { get; init; } = [];

    internal static IdentityTokenException OfDetector(string detector, string reason) =>
        new($"The identity token's detector {detector} failed: {reason}");
}
