using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Culvert.Platform.Configuration;
using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Imports;

namespace Culvert.Tunnel.Agent.Tests.Imports;

/// <summary>A folder with the files that imported configurations name, and the imports themselves.</summary>
internal sealed partial class ImportScene : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("culvert-import-");

    public ImportScene()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=client", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(Now, Now.AddYears(1));
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
        PrivateFile.WriteNew(Key, System.Text.Encoding.UTF8.GetBytes(key.ExportPkcs8PrivateKeyPem()));
    }

    public string Folder => folder.FullName;

    public string Certificate => Path.Combine(Folder, "client.pem");

    public string Key => Path.Combine(Folder, "client.key");

    /// <summary>The variables that references of an imported file may name.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public ImportResult ImportClient(string yaml) => Import(yaml, TunnelClientImport.Map);

    public ImportResult ImportProxy(string yaml) => Import(yaml, ProxyConfigImport.Map);

    /// <summary>Puts the secrets in place that the result names, and reads it as the agent does.</summary>
    public AgentSettings Read(ImportResult result)
    {
        result.Errors.ShouldBeEmpty();
        foreach (Match reference in FileReference().Matches(result.Text))
        {
            var path = reference.Groups["path"].Value;
            if (path.StartsWith(Folder, StringComparison.Ordinal) && !File.Exists(path))
            {
                PrivateFile.WriteNew(path, "value"u8);
            }
        }

        var loaded = ConfigLoader.Load(
            ConfigLocation.Agent,
            Path.Combine(Folder, "agent.yaml"),
            AgentConfiguration.Read,
            new Dictionary<string, string>(),
            content: System.Text.Encoding.UTF8.GetBytes(result.Text)
        );
        loaded.Errors.ShouldBeEmpty(result.Text);
        return loaded.Settings.ShouldNotBeNull();
    }

    public void Dispose() => folder.Delete(recursive: true);

    private ImportResult Import(string yaml, Action<ImportedFile, YamlMap> map)
    {
        var path = Path.Combine(Folder, "old.yaml");
        File.WriteAllText(path, yaml);
        var file = new ImportedFile(ConfigDocument.LoadForeign(path), Environment, Folder);
        var start = new InitialFile
        {
            StateDirectory = Folder,
            Url = "https://identity.example.com",
            OrganizationId = "00000000-0000-0000-0000-000000000000",
            RuleId = "fdrl_010000000000000000000000",
            TunnelId = "tnl_010000000000000000000000",
            Issuer = "https://login.example.com",
            Routes = [],
        };
        return ConfigurationImport.Run(file, start, map);
    }

    [GeneratedRegex("file:(?<path>[^\"]+)")]
    private static partial Regex FileReference();
}
