namespace Culvert.Platform.Issuers;

/// <summary>
/// Default audiences of a platform's tokens: each service that accepts such a token could use it at every other one.
/// </summary>
public static class PlatformAudiences
{
    private static readonly string[] Beginnings =
    [
        "sts.amazonaws.com",
        "api://AzureADTokenExchange",
        "https://github.com/",
        "https://gitlab.com",
        "https://iam.googleapis.com/",
        "https://kubernetes.default.svc",
        "kubernetes",
    ];

    public static bool Contains(string audience) =>
        Array.Exists(Beginnings, known => audience.StartsWith(known, StringComparison.OrdinalIgnoreCase));
}
