using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Identity.Cli.Hosting;
using Culvert.Platform.Certificates;
using Culvert.Platform.Net;

namespace Culvert.Identity.Cli.Api;

/// <summary>
/// How the service is authenticated (S7): roots from a file, the pin of the platform root, or the system's roots. There is
/// no trust on first use and no option to disable the check.
/// </summary>
internal static class ServerTrust
{
    private const int MaxAnswerBytes = 64 * 1024;

    public static async Task<SslClientAuthenticationOptions> CreateAsync(Settings settings, CancellationToken cancel)
    {
        if (settings.CaFile is { } file)
        {
            return Trusting(ReadRoots(file));
        }

        return settings.CaSha256 is { } pin
            ? Trusting(await FetchPinnedRootAsync(settings, pin, cancel))
            : new SslClientAuthenticationOptions();
    }

    public static SslClientAuthenticationOptions TrustingFile(string file) => Trusting(ReadRoots(file));

    private static SslClientAuthenticationOptions Trusting(X509Certificate2Collection roots)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            // The platform's certificates have no CRL or OCSP address: they are valid for an hour, and the feed revokes
            // them.
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(roots);
        policy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1")); // id-kp-serverAuth, RFC 5280 §4.2.1.12
        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }

    /// <summary>Reads the certificates of a PEM file; other text is skipped.</summary>
    public static X509Certificate2Collection ReadRoots(string file)
    {
        var roots = new X509Certificate2Collection();
        CertificateAdvice? advice;
        try
        {
            var pem = File.ReadAllText(file);
            advice = CertificateText.Explain(pem);
            roots.ImportFromPem(pem);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw Bad($"the CA file cannot be read: {e.Message}", e);
        }

        return roots.Count > 0
            ? roots
            : throw Bad(
                "the CA file contains no PEM certificate" + (advice is null ? "" : $": {advice.Meaning}"),
                null,
                advice?.Command
            );

        CommandFailure Bad(string message, Exception? cause, string? next = null) =>
            new(ExitCode.Configuration, message, cause)
            {
                Where = file,
                Next = next ?? $"give the platform root's PEM file (--ca-file or {SettingVariables.CaFile})",
            };
    }

    /// <summary>
    /// Fetches the root over an unauthenticated connection, on which nothing but this request is sent. The root is accepted
    /// only if its SHA-256 is the pin; a new connection is then verified with it.
    /// </summary>
    private static async Task<X509Certificate2Collection> FetchPinnedRootAsync(
        Settings settings,
        string pin,
        CancellationToken cancel
    )
    {
        var expected = ParsePin(pin);
        using var handler = OutboundHttp.CreateHandler();
#pragma warning disable CA5359 // deliberately unproven: see the summary
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        using var http = new HttpClient(handler)
        {
            Timeout = settings.Timeout,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
        var url = new Uri(settings.Url, "v1/platform_ca");
        string body;
        try
        {
            body = await http.GetStringAsync(url, cancel);
        }
        catch (Exception e) when (ManagementClient.IsUnreachable(e, cancel))
        {
            throw ManagementClient.Unreachable(HttpMethod.Get, url, e, settings);
        }

        return new X509Certificate2Collection(Matching(body, expected, url));
    }

    private static byte[] ParsePin(string pin)
    {
        try
        {
            var bytes = Convert.FromHexString(pin.Replace(":", "", StringComparison.Ordinal));
            if (bytes.Length == SHA256.HashSizeInBytes)
            {
                return bytes;
            }
        }
        catch (FormatException)
        {
            // Reported below, like a pin of the wrong length.
        }

        throw new CommandFailure(ExitCode.Usage, "the pin of the platform root is not a SHA-256 digest in hexadecimal")
        {
            Where = $"--ca-sha256 or {SettingVariables.CaSha256}",
            Next = "openssl x509 -in platform-ca.pem -noout -fingerprint -sha256",
        };
    }

    private static bool IsPinned(X509Certificate2 root, byte[] expected) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(root.RawData), expected);

    private static X509Certificate2 Matching(string body, byte[] expected, Uri url)
    {
        string? pem;
        try
        {
            pem = WireJson.Parse(body).Text("certificate_pem");
        }
        catch (JsonException)
        {
            pem = null;
        }

        try
        {
            // After a root replacement the former roots follow the current one; the pinned one is used.
            var offered = new X509Certificate2Collection();
            offered.ImportFromPem(pem ?? "");
            if (offered.FirstOrDefault(root => IsPinned(root, expected)) is { } pinned)
            {
                return pinned;
            }

            var found = offered.Count > 0 ? offered[0] : throw new CryptographicException("no certificate");
            throw new CommandFailure(
                ExitCode.Unreachable,
                $"the platform root of the server is {Convert.ToHexStringLower(SHA256.HashData(found.RawData))}, which is not the pinned one"
            )
            {
                Where = url.ToString(),
                Next =
                    "the connection is intercepted, or the pin is out of date: compare the pin on the service's host; nothing was sent",
            };
        }
        catch (CryptographicException e)
        {
            throw new CommandFailure(ExitCode.Unreachable, "the server does not serve a platform root", e)
            {
                Where = url.ToString(),
                Next = $"check --url ({SettingVariables.Url})",
            };
        }
    }
}
