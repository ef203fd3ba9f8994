namespace Culvert.Machine.Client.Tokens.Detection;

/// <summary>
/// Kubernetes: a projected service-account token with our audience, read again at each use since the kubelet replaces
/// it. The default token of each pod is for the API server and is never sent.
/// </summary>
internal sealed class KubernetesDetector : PlatformDetector
{
    /// <summary>The mount path that our manifests use.</summary>
    public const string ProjectedToken = "/var/run/secrets/culvert/token";

    public override string Name => "kubernetes";

    public override DetectorTier Tier => DetectorTier.Workload;

    public override bool IsPresent(PlatformEnvironment environment) => File.Exists(environment.ProjectedToken);

    public override string? Missing(PlatformEnvironment environment) =>
        environment.Has("KUBERNETES_SERVICE_HOST")
            ? $"This pod has no token for us: project a serviceAccountToken with our audience to {environment.ProjectedToken}."
            : null;

    public override Task<string> ReadAsync(
        PlatformEnvironment environment,
        string audience,
        CancellationToken cancellationToken
    ) => TokenFile.ReadAsync(environment.ProjectedToken, cancellationToken);
}
