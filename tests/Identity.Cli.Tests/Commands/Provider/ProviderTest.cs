using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Cli.Tests.Harness;

namespace Culvert.Identity.Cli.Tests.Commands.Provider;

/// <summary>A provider, a company's CA and the token of a workload.</summary>
public abstract class ProviderTest : CommandTest, IAsyncLifetime
{
    private protected const string Assertion = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJzZWNyZXQtYXNzZXJ0aW9uIn0.c2lnbmF0dXJl";

    private ProviderDouble? provider;

    private protected ProviderDouble Provider => provider!;

    private protected X509Certificate2 Ca { get; } = NewCa(TimeSpan.FromDays(3650));

    private protected string CaFile => Stage.Write("company-ca.pem", Ca.ExportCertificatePem());

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        provider = await ProviderDouble.StartAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await Provider.DisposeAsync();
        await DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected static X509Certificate2 NewCa(TimeSpan life, string name = "Company CA")
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request.CreateSelfSigned(now.AddDays(-400), now + life);
    }

    private protected static string Fingerprint(X509Certificate2 certificate) =>
        Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));

    /// <summary>Runs the command with a CA file; a repeated flag replaces the one here.</summary>
    private protected Task<CliRun> SetupAsync(params string[] more) => SetupOfAsync(["--ca-certificate", CaFile], more);

    private protected async Task<CliRun> SetupOfAsync(string[] source, params string[] more)
    {
        var line = new Dictionary<string, string>
        {
            ["--api-url"] = Provider.Url.ToString(),
            ["--api-ca-file"] = Stage.CaFile,
            ["--provider-organization"] = ProviderDouble.Organization,
            ["--rule"] = ProviderDouble.Rule,
            ["--token-file"] = Stage.Write("idp-token", Assertion + "\n"),
        };
        var rest = new List<string>();
        for (var i = 0; i < more.Length; i++)
        {
            if (line.ContainsKey(more[i]))
            {
                line[more[i]] = more[++i];
            }
            else
            {
                rest.Add(more[i]);
            }
        }

        var run = await Stage.RunAsync([
            "provider",
            "setup",
            .. line.SelectMany(l => new[] { l.Key, l.Value }),
            .. source,
            .. rest,
        ]);
        foreach (var secret in new[] { Assertion, ProviderDouble.AccessToken, ProviderDouble.ConnectorToken })
        {
            Assert.DoesNotContain(secret, run.Out + run.Error, StringComparison.Ordinal);
        }

        return run;
    }
}
