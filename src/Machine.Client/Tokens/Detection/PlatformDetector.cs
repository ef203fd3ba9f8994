namespace Culvert.Machine.Client.Tokens.Detection;

/// <summary>One kind of platform that hands its workloads identity tokens.</summary>
internal abstract class PlatformDetector
{
    /// <summary>As in <c>identity.token.detector</c>.</summary>
    public abstract string Name { get; }

    public abstract DetectorTier Tier { get; }

    /// <summary>Whether a token can be requested here. Reads the environment and files, never the network.</summary>
    public abstract bool IsPresent(PlatformEnvironment environment);

    /// <summary>What to do when the platform is there and its token is not; null when the platform is not there.</summary>
    public virtual string? Missing(PlatformEnvironment environment) => null;

    /// <summary>Gets a token now. Never one that was kept.</summary>
    /// <exception cref="IdentityTokenException">The platform does not give one.</exception>
    public abstract Task<string> ReadAsync(
        PlatformEnvironment environment,
        string audience,
        CancellationToken cancellationToken
    );

    protected IdentityTokenException Failed(string reason) => IdentityTokenException.OfDetector(Name, reason);
}
