namespace Culvert.Platform.Identity;

/// <summary>No identity token can be had now. The message names the source and the reason, never what was read.</summary>
public sealed class IdentityTokenException(string message) : Exception(message)
{
    internal static IdentityTokenException OfDetector(string detector, string reason) =>
        new($"The identity token's detector {detector} failed: {reason}");
}
