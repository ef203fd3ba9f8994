namespace Culvert.Platform.Wire;

/// <summary>Where an agent's inner-TLS certificate comes from, as the service sees it.</summary>
public static class ServerCertificateMode
{
    /// <summary>The tunnel has an authority held by the service: ask <c>/v1/agent/server_certificates</c>.</summary>
    public const string Service = "service";

    /// <summary>The tunnel's authorities are trust-only: leaf and key come from files.</summary>
    public const string Files = "files";
}
