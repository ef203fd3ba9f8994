namespace Culvert.Machine.Client.Tokens;

/// <summary>No identity token can be had now. The message names the source and the reason, never what was read.</summary>
public sealed class IdentityTokenException(string message) : Exception(message)
{
    /// <summary>
    /// What the token's command wrote to its standard error, without what may be a secret: for the person who runs the
    /// doctor, never for a log. Empty for other sources.
    /// </summary>
    public IReadOnlyList<string> ErrorOutput { get; init; } = [];

    internal static IdentityTokenException OfDetector(string detector, string reason) =>
        new($"The identity token's detector {detector} failed: {reason}");
}
