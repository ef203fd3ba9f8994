namespace Culvert.Machine.Client.Tokens.Detection;

internal abstract class PlatformDetector
{
    /// <summary>The value of <c>identity.token.detector</c>.</summary>
    public abstract string Name { get; }

    public abstract DetectorTier Tier { get; }

    /// <summary>Whether a token can be requested here. Reads the environment and files, never the network.</summary>
    public abstract bool IsPresent(PlatformEnvironment environment);

    /// <summary>What to do when the platform is present but its token is not; null when the platform is absent.</summary>
    public virtual string? Missing(PlatformEnvironment environment) => null;

    /// <summary>Gets a token now, never a cached one.</summary>
    /// <exception cref="IdentityTokenException">The platform does not issue one.</exception>
    public abstract Task<string> ReadAsync(
        PlatformEnvironment environment,
        string audience,
        CancellationToken cancellationToken
    );

    protected IdentityTokenException Failed(string reason) => IdentityTokenException.OfDetector(Name, reason);
}
