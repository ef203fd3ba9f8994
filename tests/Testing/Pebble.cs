using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Testing;

/// <summary>Debian's <c>pebble</c>: an ACME CA that exists for tests, with a new root at each start.</summary>
public sealed class Pebble : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-pebble-").FullName;
    private readonly TestPki pki;
    private readonly int port;
    private readonly int managementPort;
    private readonly ProcessStartInfo start;
    private Process? process;

    private Pebble(IPEndPoint dns, int tlsPort, string binding, (string Name, string Value)[] environment)
    {
        (port, managementPort) = (LoopbackPort.Free(), LoopbackPort.Free());
        pki = new TestPki(TimeProvider.System.GetUtcNow());
        using var server = pki.Issue(dnsNames: ["127.0.0.1"], usages: [TestPki.ServerAuthentication]);
        File.WriteAllText(Path.Combine(folder, "cert.pem"), server.ExportCertificatePem() + "\n" + pki.ChainPem);
        File.WriteAllText(Path.Combine(folder, "key.pem"), server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(CaFile, pki.RootPem);
        File.WriteAllText(
            Path.Combine(folder, "pebble.json"),
            $$$"""
            {"pebble": {
              "listenAddress": "127.0.0.1:{{{port}}}", "managementListenAddress": "127.0.0.1:{{{managementPort}}}",
              "certificate": "{{{folder}}}/cert.pem", "privateKey": "{{{folder}}}/key.pem",
              "httpPort": 1, "tlsPort": {{{tlsPort}}}, "ocspResponderURL": "",
              {{{binding}}} }}
            """
        );
        start = new ProcessStartInfo("pebble")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "-config", Path.Combine(folder, "pebble.json"), "-dnsserver", $"{dns}" },
        };
        start.Environment["PEBBLE_VA_NOSLEEP"] = "1";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
    }

    /// <summary>For <c>acme.directory</c>.</summary>
    public string DirectoryUrl => $"https://127.0.0.1:{port}/dir";

    /// <summary>For <c>acme.ca_file</c>: vouches for the CA's own server, not for what it issues.</summary>
    public string CaFile => Path.Combine(folder, "ca.pem");

    /// <summary>The same as a certificate.</summary>
    public X509Certificate2 ServerRoot => pki.Root;

    /// <summary>What it printed, last lines last.</summary>
    public string Log { get; private set; } = "";

    /// <param name="dns">It asks this server.</param>
    /// <param name="tlsPort">It validates at this port.</param>
    /// <param name="bound">Key ids and MAC keys of external accounts; null takes every account.</param>
    /// <param name="environment">Its switches.</param>
    public static async Task<Pebble> StartAsync(
        IPEndPoint dns,
        int tlsPort,
        (string KeyId, string MacKey)? bound = null,
        params (string Name, string Value)[] environment
    )
    {
        var binding = bound is var (id, key)
            ? $$""" "externalAccountBindingRequired": true, "externalAccountMACKeys": {"{{id}}": "{{key}}"} """
            : """ "externalAccountBindingRequired": false """;
        var pebble = new Pebble(dns, tlsPort, binding, environment);
        await pebble.StartAsync();
        return pebble;
    }

    /// <summary>The root of what it issues.</summary>
    public async Task<X509Certificate2> RootAsync() =>
        X509Certificate2.CreateFromPem(await ManagementAsync("/roots/0"));

    /// <summary>Ends it; its memory, and so its accounts, go with it.</summary>
    public async Task KillAsync()
    {
        if (process is { HasExited: false })
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    /// <summary>Starts it again at the same place.</summary>
    public async Task StartAsync()
    {
        process = Process.Start(start) ?? throw new InvalidOperationException("pebble did not start.");
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await Eventually.UntilAsync(RespondsAsync, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private void Keep(string? line)
    {
        lock (start)
        {
            Log = (Log + line + "\n") is { Length: > 20_000 } all ? all[^20_000..] : Log + line + "\n";
        }
    }

    private async Task<bool> RespondsAsync()
    {
        try
        {
            await ManagementAsync("/roots/0");
            return true;
        }
        catch (HttpRequestException) when (process is { HasExited: false })
        {
            return false;
        }
    }

    private Task<string> ManagementAsync(string path) => GetAsync($"https://127.0.0.1:{managementPort}{path}");

    /// <summary>Reads from its own servers.</summary>
    public async Task<string> GetAsync(string url)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.Add(pki.Root);
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy },
            UseProxy = false,
        };
        using var client = new HttpClient(handler);
        return await client.GetStringAsync(new Uri(url));
    }
}
