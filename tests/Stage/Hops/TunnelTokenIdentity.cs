namespace Culvert.Stage.Hops;

/// <summary>How an agent proves itself in manual mode: the <c>identity</c> section of its file.</summary>
internal sealed record TunnelTokenIdentity(string Url, string CaFile, string TokenFile)
{
    public string ToYaml() =>
        $"""
            identity:
              url: {Url}
              ca_file: {CaFile}
              mode: manual
              tunnel_token: file:{TokenFile}
            """;
}
