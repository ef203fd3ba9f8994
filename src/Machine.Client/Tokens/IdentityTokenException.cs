namespace Culvert.Machine.Client.Tokens;

/// <summary>No identity token is available. The message names the source and the reason, never the content read.</summary>
public sealed class IdentityTokenException(string message) : Exception(message)
{
    /// <summary>
    /// The standard error of the token command without possible secrets: for the person who runs the doctor, never for
    /// a log. Empty for other sources.
    /// </summary>
    public IReadOnlyList<string> ErrorOutput { get; init; } = [];

    internal static IdentityTokenException OfDetector(string detector, string reason) =>
        new($"The identity token's detector {detector} failed: {reason}");
}
